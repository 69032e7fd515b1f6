/** The package, made and installed as its users do: by npm, from nothing but the registry. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../support/gateway-process.ts';
import { type LoggingProxy, openLoggingProxy } from '../support/logging-proxy.ts';

const run = promisify(execFile);
const PHOTO = 'test/fixtures/photos/cat-kitten.jpg';
const MINUTES = 60_000;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

let home: string;
let clone: string;
let registry: URL;
let proxy: LoggingProxy;
let packed: Packed;

/** Runs npm or npx as on a new machine: no settings of a user, an empty cache, and the proxy the only way out. */
async function onNewMachine(cwd: string, command: 'npm' | 'npx', ...args: string[]) {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    npm_config_cache: join(home, 'cache'),
    npm_config_registry: registry.href,
    HTTPS_PROXY: proxy.url,
    HTTP_PROXY: proxy.url,
    GLOBAL_AGENT_HTTPS_PROXY: proxy.url,
    WARMPOOL_DATA_DIR: join(home, 'data'),
  };
  return run(command, args, { cwd, env, maxBuffer: 64 << 20 });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'warmpool-package-'));
  registry = new URL((await run('npm', ['config', 'get', 'registry'], { cwd: ROOT })).stdout.trim());
  proxy = await openLoggingProxy(registry);
  clone = await cloneOf(join(home, 'clone'));
  // npm's own answer is all that stdout must hold, so the builds say nothing.
  const { stdout } = await onNewMachine(clone, 'npm', 'pack', '--json', '--silent', '--pack-destination', home);
  packed = JSON.parse(stdout.slice(stdout.lastIndexOf('\n[') + 1))[0];
}, 5 * MINUTES);

afterAll(async () => {
  await proxy?.close();
  await rm(home, { recursive: true, force: true });
});

/** The project's files, without what is made from them; the dependencies are those of the project. */
async function cloneOf(folder: string): Promise<string> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = await run('git', args, { cwd: ROOT, maxBuffer: 64 << 20 });
  for (const file of stdout.split('\0').filter(Boolean)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(ROOT, file), join(folder, file));
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('the tarball', () => {
  const paths = () => packed.files.map(({ path }) => path);

  test('holds the program, the page, the model, the schema, the licence and the README', () => {
    const { size, unpackedSize } = packed;
    process.stdout.write(`${packed.filename}: ${size} bytes, ${unpackedSize} unpacked, ${paths().length} files\n`);
    expect(paths()).toEqual(
      expect.arrayContaining([
        ...['dist/main.cjs', 'dist/web/index.html', 'model/cat-dog/1/model.onnx'],
        ...['schema.graphql', 'LICENSE', 'README.md'],
      ]),
    );
  });

  test('holds no source map, no source and nothing of the development', () => {
    expect(paths().filter((path) => /\.map$|\.tsx?$|^(src|test|\.ci)\/|\.built$/.test(path))).toEqual([]);
  });

  test.each(['linux/x64', 'linux/arm64', 'darwin/arm64', 'win32/x64', 'win32/arm64'])(
    'holds onnxruntime for %s, with its licence',
    (platform) => {
      const folder = 'dist/node_modules/onnxruntime-node';
      const libraries = paths().filter((path) => path.startsWith(`${folder}/bin/napi-v6/${platform}/`));
      expect(libraries).toContain(`${folder}/bin/napi-v6/${platform}/onnxruntime_binding.node`);
      expect(libraries).toHaveLength(2);
      expect(paths()).toContain(`${folder}/LICENSE`);
    },
  );
});

test(
  'from an empty folder and an empty cache it installs and classifies, and npm asks the registry alone',
  async () => {
    const folder = join(home, 'project');
    await mkdir(folder);
    const from = proxy.log.length;
    const { stdout, stderr } = await onNewMachine(folder, 'npm', 'i', join('..', packed.filename));
    const answer = await onNewMachine(
      folder,
      'npx',
      'warmpool',
      'classify',
      '--engine',
      'onnx',
      '--json',
      join(ROOT, PHOTO),
    );
    const log = proxy.log.slice(from);
    process.stdout.write(`${stdout}${stderr}${log.join('\n')}\n${answer.stdout}`);

    expect(new Set(log)).toEqual(new Set([`${registry.hostname}:${registry.port || 443} passed`]));
    expect(stderr).not.toContain('EBADENGINE');
    expect(JSON.parse(answer.stdout)).toMatchObject({ label: 'cat' });
    const manifest = JSON.parse(await readFile(join(folder, 'node_modules/warmpool/package.json'), 'utf8'));
    expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
  },
  10 * MINUTES,
);

// The reason for the copy inside the package, and the proof that the proxy sees such a script.
test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'as a dependency onnxruntime-node would ask another host',
  async () => {
    const folder = join(home, 'dependent');
    await mkdir(folder);
    const from = proxy.log.length;
    const { version } = JSON.parse(await readFile(join(ROOT, 'node_modules/onnxruntime-node/package.json'), 'utf8'));
    await expect(onNewMachine(folder, 'npm', 'i', `onnxruntime-node@${version}`)).rejects.toThrow();
    expect(proxy.log.slice(from)).toContain('api.nuget.org:443 refused');
  },
  10 * MINUTES,
);

describe('the clone', () => {
  test("the lock file keeps npm from running onnxruntime's install script: it does not say that there is one", async () => {
    const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
    // npm writes the line when it updates the package. Take it out again, or npm 10 runs the script in every clone.
    expect(lock.packages['node_modules/onnxruntime-node']).not.toHaveProperty('hasInstallScript');
  });

  test(
    '`prepare` builds what was never built, and again only if something is newer',
    async () => {
      await rm(join(clone, 'dist'), { recursive: true });
      await onNewMachine(clone, 'npm', 'run', 'prepare');
      const first = await timesIn(join(clone, 'dist'));
      expect(first.size).toBeGreaterThan(100);
      await onNewMachine(clone, 'npm', 'run', 'prepare');
      expect(await timesIn(join(clone, 'dist'))).toEqual(first);

      const later = new Date(Date.now() + 1_000);
      await utimes(join(clone, 'src/main.cts'), later, later);
      await onNewMachine(clone, 'npm', 'run', 'prepare');
      expect(await timesIn(join(clone, 'dist'))).not.toEqual(first);
    },
    5 * MINUTES,
  );

  test(
    'npx does not write into `dist`, even if a source is newer',
    async () => {
      await onNewMachine(clone, 'npm', 'run', 'build');
      const before = await timesIn(join(clone, 'dist'));
      await writeFile(join(clone, 'src/new.ts'), 'export const added = 1;\n');
      const { stdout } = await onNewMachine(clone, 'npx', 'warmpool', 'classify', '--json', PHOTO);
      expect(JSON.parse(stdout)).toMatchObject({ label: 'cat' });
      expect(await timesIn(join(clone, 'dist'))).toEqual(before);
    },
    5 * MINUTES,
  );
});

async function timesIn(folder: string): Promise<ReadonlyMap<string, number>> {
  const names = await readdir(folder, { recursive: true });
  const times = names.map(async (name) => [name, (await stat(join(folder, name))).mtimeMs] as const);
  return new Map(await Promise.all(times));
}
