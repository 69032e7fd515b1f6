/** Other versions of Node, each a package of the npm registry, kept in the folder for temporary files. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Resolves to the path of its binary. */
export async function nodeBinary(version: string): Promise<string> {
  const folder = join(tmpdir(), 'warmpool-nodes', version);
  const name = `node-${process.platform}-${process.arch}`;
  await mkdir(folder, { recursive: true });
  const flags = ['--prefix', folder, '--no-audit', '--no-fund', '--prefer-offline'];
  await promisify(execFile)('npm', ['install', ...flags, `${name}@${version}`], { cwd: folder });
  return join(folder, 'node_modules', name, 'bin/node');
}
