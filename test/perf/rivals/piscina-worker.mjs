import { createInfer } from './decode-and-infer.mjs';

const ready = createInfer(process.env.MODEL_FILE, { intraOpNumThreads: 1, interOpNumThreads: 1 });

export default async (picture) => (await ready)(picture);
