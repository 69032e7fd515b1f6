/** Reads one `<name>/<version>/` folder of a model repository: its manifest, and that every file is the one it names. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { ModelRepositoryError, readJson } from './json-file.ts';
import { type Manifest, type ModelVersion, manifestSchema } from './manifest.ts';

/** `root` is the repository's absolute path. Throws a ModelRepositoryError if the folder is not as its manifest says. */
export async function readVersion(root: string, name: string, version: string): Promise<ModelVersion> {
  const dir = join(root, name, version);
  const file = join(dir, 'manifest.json');
  const manifest = await readJson(file, manifestSchema, 'each version folder needs a manifest.json that describes it');
  for (const [field, folder] of [
    ['name', name],
    ['version', version],
  ] as const) {
    if (manifest[field] !== folder) {
      throw new ModelRepositoryError(`${file}: ${field} is "${manifest[field]}", but its folder says "${folder}"`);
    }
  }
  await Promise.all(filesOf(manifest).map(([path, sha256]) => verify(join(dir, path), sha256, file)));
  return { ...manifest, key: `${name}@${version}`, dir };
}

/** [path inside the version folder, SHA-256] of every artifact file. */
function filesOf({ artifacts: { onnx, tfjs } }: Manifest): [string, string][] {
  return [onnx, tfjs]
    .flatMap((artifact): [string, string][] => (artifact ? [[artifact.path, artifact.sha256]] : []))
    .concat(Object.entries(tfjs?.weights ?? {}));
}

async function verify(file: string, expected: string, manifest: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ModelRepositoryError(`${file} cannot be read (${code}), but ${manifest} names it`, { cause: error });
  }
  const found = hash.digest('hex');
  if (found !== expected) {
    throw new ModelRepositoryError(
      `${file} is not the file that ${manifest} names: SHA-256 ${expected} expected, ${found} found`,
    );
  }
}
