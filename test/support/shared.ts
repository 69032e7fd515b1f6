/**
 * Data that lie beside the checkout, in ../shared, and that few have: photos of pets, pictures that broke other decoders, an
 * older model, a trace. What is there is used; without it, a test is skipped, in CI too, with a line that says what to put there.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './gateway-process.ts';
import type { Part } from './require-part.ts';

interface SharedPart extends Part {
  readonly path: string;
}

export interface SharedFile {
  /** Under the folder. */
  readonly name: string;
  readonly bytes: Buffer;
}

export const pets = shared(
  'pets',
  'photos of 100 cats and 100 dogs in two folders, as the Oxford-IIIT Pet Dataset has them',
);
export const nasty = shared('nasty', 'a part of github.com/dvyukov/go-fuzz-corpus');
export const olderModel = shared(
  'reference',
  'a model repository with cat-dog-2019, which takes 64 × 64 pixels in NCHW',
);
export const azureTrace = shared(
  'traces/azure-llm-inference-2023-conv.csv',
  'AzureLLMInferenceTrace_conv.csv of github.com/Azure/AzurePublicDataset',
);

/** `whatServes`: what to put there. */
function shared(name: string, whatServes: string): SharedPart {
  const path = join(ROOT, '../shared', name);
  return { name: path, path, available: existsSync(path), howToGet: whatServes, optional: true };
}

/** All files in that folder and below, in the order of their names. */
export async function filesOf({ path }: SharedPart): Promise<readonly SharedFile[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    names.sort().map(async (name) => ({ name: name.slice(path.length + 1), bytes: await readFile(name) })),
  );
}
