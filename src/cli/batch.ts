/** `warmpool batch DIR|FILE…`: many pictures through a running gateway, their results as CSV or JSON lines. */
import { formatNumber } from '../lab/report/format.ts';
import { ConfigError, type Values } from '../settings/setting.ts';
import { Display } from './batch/display.ts';
import { GatewayClient } from './batch/gateway-client.ts';
import { memoryFolder, NamedIds, RememberedIds } from './batch/ids.ts';
import { LocalFailure } from './batch/local-failure.ts';
import { findPictures } from './batch/pictures.ts';
import { FOREIGN_ANSWER, Refusal } from './batch/refusal.ts';
import { resultsOf, split } from './batch/results.ts';
import { openResults, type Results } from './batch/results-file.ts';
import { type Format, formatFor, headerOf, lineOf, type Row } from './batch/rows.ts';
import type { BATCH_SETTINGS } from './batch/settings.ts';
import { Tally } from './batch/tally.ts';
import { untilSignal } from './until-signal.ts';

export interface BatchOutput {
  readonly out?: string;
  readonly quiet?: boolean;
}

type BatchValues = Values<typeof BATCH_SETTINGS>;

const GO_ON = 'Run the same command again to go on: what the gateway has is not sent again.';
/** What helps against these refusals, in place of that. */
const REMEDIES: Readonly<Record<string, string>> = {
  IMAGE_TOO_LARGE: 'Leave larger files out with --max-upload-bytes.',
  TOO_MANY_FILES: 'Make the batches smaller with --batch-files.',
  BATCH_TOO_LARGE: 'Make the batches smaller with --batch-bytes.',
};
/** Of requests that cannot be right: the same as a wrong flag. */
const USAGE_CODES = ['BAD_USER_INPUT', 'MODEL_NOT_FOUND'];
/** There is something else than a gateway, or one of another version. */
const FOREIGN_CODES = [FOREIGN_ANSWER, 'GRAPHQL_VALIDATION_FAILED', 'BAD_REQUEST'];

export async function batch(paths: readonly string[], values: BatchValues, output: BatchOutput): Promise<void> {
  refusePassword(values.url);
  const { entries, leftOut } = await findPictures(paths, {
    maxFiles: values.maxFiles,
    maxBytes: values.maxUploadBytes,
  });
  const batches = split(entries, { maxFiles: values.batchFiles, maxBytes: values.batchBytes });
  const ids = values.id ? new NamedIds(values.id) : await RememberedIds.open(memoryFolder(process.env), values);
  const out = output.out ?? null;
  const results = await openResults(out, process.stdout);
  const { signal, release } = untilSignal(GO_ON);
  const display = new Display(process.stderr, output.quiet === true);
  const options = { ...optionsOf(values, signal, display), ids };
  if (leftOut > 0) display.say(`Left out, as their names are not those of pictures: ${formatNumber(leftOut, 0)}.`);
  try {
    const tally = await write(resultsOf(batches, options), results, values.format ?? formatFor(out));
    await ids.forget();
    for (const line of tally.lines()) display.say(line);
    if (!tally.isComplete) process.exitCode = 1;
  } catch (error) {
    display.clear();
    await results.abandon();
    if (!signal.aborted) explain(error, values.url);
  } finally {
    release();
  }
}

function refusePassword({ username, password }: URL): void {
  if (username === '' && password === '') return;
  throw new ConfigError('--url holds a user name or a password, which no gateway asks for: leave them out.');
}

function optionsOf({ url, model, topK, patience }: BatchValues, signal: AbortSignal, display: Display) {
  const onRetry = ({ message }: Refusal) => display.say(`The gateway: ${withoutDot(message)}. Trying again.`);
  const retrying = { patienceMs: patience * 1000, signal, onRetry };
  return { ...retrying, client: new GatewayClient({ ...retrying, url }), display, model, topK };
}

async function write(rows: AsyncIterable<Row>, results: Results, format: Format): Promise<Tally> {
  const tally = new Tally();
  let header = headerOf(format);
  for await (const row of rows) {
    tally.add(row);
    await results.write(`${header}${lineOf(row, format)}`);
    header = '';
  }
  await results.complete();
  return tally;
}

/** Rethrows what is the user's to mend, and what nobody foresaw. */
function explain(error: unknown, url: URL): void {
  // Whoever reads the results may have enough of them, as `head` does.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return;
  if (!(error instanceof Refusal || error instanceof LocalFailure)) throw error;
  const code = error instanceof Refusal ? error.code : '';
  const message = withoutDot(error.message);
  if (USAGE_CODES.includes(code)) throw new ConfigError(`${message}.`);
  if (FOREIGN_CODES.includes(code)) {
    throw new ConfigError(`${url.href} is not a Warmpool gateway of this version: ${message}.`);
  }
  process.stderr.write(`warmpool: ${message}. ${REMEDIES[code] ?? GO_ON}\n`);
  process.exitCode = 1;
}

function withoutDot(message: string): string {
  return message.replace(/\.$/, '');
}
