/** What the rivals are told: the model version's folder, in MODEL_DIR. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const modelDir = process.env.MODEL_DIR;
export const manifest = JSON.parse(readFileSync(join(modelDir, 'manifest.json'), 'utf8'));
