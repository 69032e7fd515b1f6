/** What people write without a pool: decode and infer where the request is. `TUNED=1`: one inference thread. */
import { createInfer } from './decode-and-infer.mjs';
import { serve } from './graphql.mjs';

const tuned = process.env.TUNED === '1';
await serve(await createInfer(process.env.MODEL_FILE, tuned ? { intraOpNumThreads: 1, interOpNumThreads: 1 } : {}));
