/**
 * The model repository: a folder of `<name>/<version>/manifest.json` with artifacts, and `<name>/aliases.json`. It is
 * read and verified once, when it is opened; after that, references are looked up in memory.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '../core/contracts/errors.ts';
import { ModelRepositoryError, readJson } from './json-file.ts';
import { identifier, type ModelVersion, manifestSchema } from './manifest.ts';

export { ModelRepositoryError } from './json-file.ts';

const DEFAULT_ALIAS = 'prod';
const MAX_ECHO = 100;
const MAX_LISTING = 300;

const aliasesSchema = z.record(identifier, identifier);

// "2" before "10", and "1.9" before "1.10".
const natural = new Intl.Collator('en', { numeric: true });

interface ModelFolder {
  readonly versions: readonly ModelVersion[];
  readonly aliases: readonly (readonly [alias: string, version: ModelVersion])[];
}

export class ModelRepository {
  /** By name, then by version in natural order. */
  readonly versions: readonly ModelVersion[];
  readonly #aliases = new Map<ModelVersion, string[]>();
  /** Every reference there is: `name@version`, `name@alias`, and `name` where there is an alias "prod". */
  readonly #byReference = new Map<string, ModelVersion>();

  private constructor(folders: readonly ModelFolder[]) {
    this.versions = folders.flatMap((folder) => folder.versions);
    for (const version of this.versions) this.#byReference.set(version.key, version);
    for (const [alias, version] of folders.flatMap(({ aliases }) => aliases)) {
      this.#byReference.set(`${version.name}@${alias}`, version);
      if (alias === DEFAULT_ALIAS) this.#byReference.set(version.name, version);
      this.#aliases.set(version, [...this.aliasesOf(version), alias].sort(natural.compare));
    }
  }

  /** Throws a ModelRepositoryError, which names the file and what is wrong in it, if anything is not right. */
  static async open(dir: string): Promise<ModelRepository> {
    const root = resolve(dir);
    const names = await subfolders(root);
    if (names.length === 0) fail(`${root} holds no model; a model is a folder <name>/<version>/ with a manifest.json`);
    return new ModelRepository(await Promise.all(names.map((name) => readModel(root, name))));
  }

  /** In alphabetical order; none for a version that is not of this repository. */
  aliasesOf(version: ModelVersion): readonly string[] {
    return this.#aliases.get(version) ?? [];
  }

  /**
   * `reference` is a client's: `name`, `name@alias` or `name@version`; `name` alone means `name@prod`.
   * Throws a GatewayError MODEL_NOT_FOUND that lists what there is.
   */
  resolve(reference: string): ModelVersion {
    const version = this.#byReference.get(reference);
    if (version) return version;
    const listing = bounded([...this.#byReference.keys()].sort(natural.compare).join(', '), MAX_LISTING);
    throw new GatewayError(
      'MODEL_NOT_FOUND',
      `there is no model ${JSON.stringify(bounded(reference, MAX_ECHO))}; there are ${listing}`,
    );
  }
}

async function readModel(root: string, name: string): Promise<ModelFolder> {
  const folder = join(root, name);
  const ids = await subfolders(folder);
  if (ids.length === 0)
    fail(`${folder} holds no version; a version is a folder ${folder}/<version>/ with a manifest.json`);
  const file = join(folder, 'aliases.json');
  const [versions, aliases] = await Promise.all([
    Promise.all(ids.map((id) => readVersion(root, name, id))),
    readJson(file, aliasesSchema, `each model needs one, such as {"${DEFAULT_ALIAS}": "${ids.at(-1)}"}`),
  ]);

  const targets = Object.entries(aliases).map(([alias, id]) => {
    const said = `${file}: the alias "${alias}"`;
    if (ids.includes(alias)) fail(`${said} is also a version; ${name}@${alias} would mean both`);
    const target = versions.find(({ version }) => version === id);
    return [alias, target ?? fail(`${said} points to version "${id}"; there are ${ids.join(', ')}`)] as const;
  });
  return { versions, aliases: targets };
}

/** `root` is the repository's absolute path. Throws a ModelRepositoryError if the folder is not as its manifest says. */
async function readVersion(root: string, name: string, version: string): Promise<ModelVersion> {
  const dir = join(root, name, version);
  const file = join(dir, 'manifest.json');
  const manifest = await readJson(file, manifestSchema, 'each version folder needs a manifest.json that describes it');
  for (const field of ['name', 'version'] as const) {
    const folder = { name, version }[field];
    if (manifest[field] !== folder) fail(`${file}: ${field} is "${manifest[field]}", but its folder says "${folder}"`);
  }
  const { onnx, tfjs } = manifest.artifacts;
  const files = Object.entries(tfjs?.weights ?? {});
  for (const artifact of [onnx, tfjs]) if (artifact) files.push([artifact.path, artifact.sha256]);
  await Promise.all(files.map(([path, sha256]) => verify(join(dir, path), sha256, file)));
  return { ...manifest, key: `${name}@${version}`, dir };
}

async function verify(file: string, expected: string, manifest: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    fail(`${file} cannot be read (${code}), but ${manifest} names it`, { cause: error });
  }
  const found = hash.digest('hex');
  if (found !== expected)
    fail(`${file} is not the file that ${manifest} names: SHA-256 ${expected} expected, ${found} found`);
}

/** Names in natural order; hidden folders are left out, links to folders are not. */
async function subfolders(dir: string): Promise<string[]> {
  try {
    const visible = (await readdir(dir)).filter((name) => !name.startsWith('.'));
    const stats = await Promise.all(visible.map((name) => stat(join(dir, name))));
    return visible.filter((_, i) => stats[i]?.isDirectory()).sort(natural.compare);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    fail(`${path} cannot be read as a folder of models (${code})`, { cause: error });
  }
}

function fail(message: string, options?: ErrorOptions): never {
  throw new ModelRepositoryError(message, options);
}

function bounded(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
