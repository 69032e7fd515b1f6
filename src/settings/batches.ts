/** The settings of `config.ts` that are about batches and those who watch them. */
import { z } from 'zod';
import { count, optional, seconds, setting } from './setting.ts';

const MiB = 2 ** 20;
const DAY_S = 24 * 3600;
const REDIS_URL = 'a URL that begins with redis://, rediss:// or unix://';

export const batchSettings = {
  dataDir: setting(
    z.string(),
    './.warmpool',
    'folder of what outlives the process: batches, and the pictures of those that have not ended',
  ),
  redisUrl: optional(
    z.string().refine((url) => /^(rediss?|unix):\/\//.test(url) && URL.canParse(url), REDIS_URL),
    'Redis in which several gateways share their batches; they need one --data-dir, on a volume that all of them have',
    'none: batches live in --data-dir and are this gateway’s own',
  ),
  redisPrefix: setting(
    z.string().regex(/^[\w-]+$/, 'letters, digits, - and _'),
    'warmpool',
    'what the names of all keys in Redis begin with',
  ),
  stallInterval: setting(
    count(100),
    15_000,
    'longest time until another gateway takes up what one that died was running, in ms',
  ),
  batchFiles: setting(count(1, 100_000), 10_000, 'most pictures of one batch'),
  batchBytes: setting(count(1, Number.MAX_SAFE_INTEGER), 4096 * MiB, 'most bytes of one batch, all pictures together'),
  batchUploads: setting(count(1), 10, 'most batches that are uploaded at the same time'),
  batchTimeout: setting(
    count(1000),
    3_600_000,
    'longest time for a batch to arrive completely, in ms; silence is bounded by --upload-timeout',
  ),
  batchConcurrency: optional(
    count(1),
    'most pictures of batches that run or wait in the pool at once',
    '2 × --max-workers × --max-bulk-batch',
  ),
  spoolBytes: setting(
    count(1, Number.MAX_SAFE_INTEGER),
    16_384 * MiB,
    'most bytes of pictures on the disk, where those of a batch stay until it has ended; one that needs more is refused',
  ),
  batchAge: setting(seconds, `${7 * DAY_S}s`, 'how long a batch that has ended is kept, such as 90m or 604800s'),
  batchKeep: setting(count(0), 1000, 'most batches that have ended and are kept'),
  maxSubscriptions: setting(count(0), 1000, 'most open subscriptions'),
  subscriptionLag: setting(
    count(1),
    1000,
    'most events that a subscriber may be behind; then it gets a snapshot instead',
  ),
};
