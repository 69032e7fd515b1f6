/**
 * What a run is about: one model version and some photos. The gateway and the loops get the version in a temporary
 * repository of its own, so that any version folder will do and no other model is loaded beside it.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Manifest, manifestSchema } from '../../src/models/manifest.ts';
import { type Upload, uploadOf } from './load.ts';
import { ROOT } from './server-process.ts';

export interface Subject {
  /** The version's folder. */
  readonly modelDir: string;
  readonly manifest: Manifest;
  readonly repository: string;
  readonly photos: readonly string[];
  readonly uploads: readonly Upload[];
  /** All that the programs under test need of this, as JSON: too many photos for a command line. */
  readonly file: string;
}

const PICTURE = /\.(jpe?g|png|webp|gif|avif)$/i;

/** No photos: those of ../shared/pets, or of the fixtures where that is missing. */
export function openSubject(folder: string, photoPaths: readonly string[]): Subject {
  const modelDir = resolve(folder);
  const manifest = readManifest(modelDir);
  const photos = (photoPaths.length > 0 ? photoPaths : defaultPhotos()).flatMap(photosIn);
  if (photos.length === 0) throw new Error(`No photo in ${photoPaths.join(', ')}.`);
  const temporary = mkdtempSync(join(tmpdir(), 'warmpool-bench-'));
  process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

  const repository = join(temporary, 'models');
  const { name, version } = manifest;
  mkdirSync(join(repository, name), { recursive: true });
  symlinkSync(modelDir, join(repository, name, version));
  writeFileSync(join(repository, name, 'aliases.json'), JSON.stringify({ prod: version }));
  const file = join(temporary, 'subject.json');
  writeFileSync(file, JSON.stringify({ repository, model: `${name}@${version}`, photos }));
  const uploads = photos.map((photo) => uploadOf(readFileSync(photo)));
  return { modelDir, manifest, repository, photos, uploads, file };
}

function readManifest(modelDir: string): Manifest {
  const file = join(modelDir, 'manifest.json');
  if (!existsSync(file))
    throw new Error(`${file} is missing: --model takes a version folder, such as model/cat-dog/1.`);
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (!manifest.artifacts.onnx) throw new Error(`${file} names no onnx artifact, and the rivals know no other.`);
  return manifest;
}

function defaultPhotos(): readonly string[] {
  const pets = ['cat', 'dog'].map((folder) => join(ROOT, '../shared/pets', folder));
  return pets.every(existsSync) ? pets : [join(ROOT, 'test/fixtures/photos')];
}

/** In the order of their names: each run sends the same ones. */
function photosIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [resolve(path)];
  const names = readdirSync(path).filter((name) => PICTURE.test(name));
  return names.sort().map((name) => resolve(path, name));
}
