import { createInfer } from './decode-and-infer.ts';

const ready = createInfer(process.env.MODEL_FILE as string, { intraOpNumThreads: 1, interOpNumThreads: 1 });

export default async (picture: Uint8Array): Promise<Float32Array> => (await ready)(picture);
