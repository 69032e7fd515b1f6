import { createInfer } from './decode-and-infer.mjs';
import { manifest, modelDir } from './manifest.mjs';

const ready = createInfer(modelDir, manifest, { intraOpNumThreads: 1, interOpNumThreads: 1 });

export default async (picture) => (await ready)(picture);
