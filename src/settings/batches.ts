/** The settings of `config.ts` that are about batches and those who watch them. */
import { z } from 'zod';
import { count, type Setting, seconds } from './setting.ts';

const MiB = 2 ** 20;
const DAY_S = 24 * 3600;
const REDIS_URL = 'a URL that begins with redis://, rediss:// or unix://';

export const batchSettings = {
  dataDir: {
    env: 'WARMPOOL_DATA_DIR',
    schema: z.string(),
    fallback: './.warmpool',
    help: 'folder of what outlives the process: batches, and the pictures of those that have not ended',
  },
  redisUrl: {
    env: 'WARMPOOL_REDIS_URL',
    schema: z
      .string()
      .refine((url) => /^(rediss?|unix):\/\//.test(url) && URL.canParse(url), REDIS_URL)
      .nullable(),
    fallback: null,
    defaultText: 'none: batches live in --data-dir and are this gateway’s own',
    help: 'Redis in which several gateways share their batches; they need one --data-dir, on a volume that all of them have',
  },
  redisPrefix: {
    env: 'WARMPOOL_REDIS_PREFIX',
    schema: z.string().regex(/^[\w-]+$/, 'letters, digits, - and _'),
    fallback: 'warmpool',
    help: 'what the names of all keys in Redis begin with',
  },
  stallInterval: {
    env: 'WARMPOOL_STALL_INTERVAL',
    schema: count(100),
    fallback: 15_000,
    help: 'longest time until another gateway takes up what one that died was running, in ms',
  },
  batchFiles: {
    env: 'WARMPOOL_BATCH_FILES',
    schema: count(1, 100_000),
    fallback: 10_000,
    help: 'most pictures of one batch',
  },
  batchBytes: {
    env: 'WARMPOOL_BATCH_BYTES',
    schema: count(1, Number.MAX_SAFE_INTEGER),
    fallback: 4096 * MiB,
    help: 'most bytes of one batch, all pictures together',
  },
  batchUploads: {
    env: 'WARMPOOL_BATCH_UPLOADS',
    schema: count(1),
    fallback: 10,
    help: 'most batches that are uploaded at the same time',
  },
  batchTimeout: {
    env: 'WARMPOOL_BATCH_TIMEOUT',
    schema: count(1000),
    fallback: 3_600_000,
    help: 'longest time for a batch to arrive completely, in ms; silence is bounded by --upload-timeout',
  },
  batchConcurrency: {
    env: 'WARMPOOL_BATCH_CONCURRENCY',
    schema: count(1).nullable(),
    fallback: null,
    defaultText: '2 × --max-workers × --max-bulk-batch',
    help: 'most pictures of batches that run or wait in the pool at once',
  },
  spoolBytes: {
    env: 'WARMPOOL_SPOOL_BYTES',
    schema: count(1, Number.MAX_SAFE_INTEGER),
    fallback: 16_384 * MiB,
    help: 'most bytes of pictures on the disk, where those of a batch stay until it has ended; one that needs more is refused',
  },
  batchAge: {
    env: 'WARMPOOL_BATCH_AGE',
    schema: seconds,
    fallback: `${7 * DAY_S}s`,
    help: 'how long a batch that has ended is kept, such as 90m or 604800s',
  },
  batchKeep: {
    env: 'WARMPOOL_BATCH_KEEP',
    schema: count(0),
    fallback: 1000,
    help: 'most batches that have ended and are kept',
  },
  maxSubscriptions: {
    env: 'WARMPOOL_MAX_SUBSCRIPTIONS',
    schema: count(0),
    fallback: 1000,
    help: 'most open subscriptions',
  },
  subscriptionLag: {
    env: 'WARMPOOL_SUBSCRIPTION_LAG',
    schema: count(1),
    fallback: 1000,
    help: 'most events that a subscriber may be behind; then it gets a snapshot instead',
  },
} satisfies Record<string, Setting>;
