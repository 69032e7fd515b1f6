/** What people write without a pool: decode and infer where the request is, on INFER_THREADS or as many as it likes. */
import { createInfer } from './decode-and-infer.mjs';
import { serve } from './graphql.mjs';
import { manifest, modelDir } from './manifest.mjs';

const threads = process.env.INFER_THREADS;
const options = threads ? { intraOpNumThreads: Number(threads), interOpNumThreads: 1 } : {};
await serve(manifest, await createInfer(modelDir, manifest, options));
