/** The settings of `warmpool batch`. */
import { LOADTEST_SETTINGS } from '../../lab/loadtest/settings.ts';
import { batchSettings } from '../../settings/batches.ts';
import { SETTINGS } from '../../settings/gateway.ts';
import { count, oneOf, optional, type Setting, seconds, setting, written } from '../../settings/setting.ts';

const { batchFiles, batchBytes } = batchSettings;
/** The batches after the first one add a number to it. */
const ID = /^[A-Za-z0-9_-]{16,120}$/;

export const BATCH_SETTINGS = {
  url: { ...LOADTEST_SETTINGS.url, help: 'the gateway that classifies them' },
  model: LOADTEST_SETTINGS.model,
  topK: optional(count(1), 'scores in each result, best first', 'all'),
  format: optional(
    oneOf('csv', 'jsonl'),
    'csv, or jsonl: one JSON object per line',
    'jsonl if --out ends in .jsonl or .ndjson, else csv',
  ),
  id: optional(
    written(parseId),
    'client batch id to go by: whoever knows it may read the results',
    'made up, and remembered until the results are written',
  ),
  patience: setting(seconds, '60s', 'how long to wait, all in all, for a gateway that is out of reach or has no room'),
  batchFiles: { ...batchFiles, help: 'most files of one batch; more of them are several batches, one after the other' },
  batchBytes: { ...batchBytes, help: 'most bytes of one batch, all files together' },
  maxUploadBytes: {
    ...SETTINGS.maxUploadBytes,
    schema: count(1),
    help: 'largest file to send, in bytes; larger ones fail here',
  },
  maxFiles: setting(count(1), 100_000, 'most files; more of them are refused'),
} as const satisfies Record<string, Setting>;

function parseId(text: string): string {
  if (ID.test(text)) return text;
  throw new SyntaxError('16 to 120 characters of A-Z, a-z, 0-9, _ and -, such as a UUID');
}
