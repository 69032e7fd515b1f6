/** `warmpool batch DIR|FILE…`: many pictures through a running gateway, their results as CSV or JSON lines. */
import { FOREIGN_ANSWER, RequestFailure } from '../client/answer.ts';
import { refuseCredentials } from '../lab/loadtest/settings.ts';
import { formatNumber } from '../lab/report/format.ts';
import { ConfigError, type Values } from '../settings/setting.ts';
import { BatchClient } from './batch/batch-client.ts';
import { memoryFolder, namedIds, rememberedIds } from './batch/ids.ts';
import { findPictures, splitIntoBatches } from './batch/pictures.ts';
import { type FileResult, type Format, formatFor, headerOf, lineOf, Summary } from './batch/results.ts';
import { openResults, type Results } from './batch/results-file.ts';
import { runBatches } from './batch/run-batches.ts';
import type { BATCH_SETTINGS } from './batch/settings.ts';
import { Display } from './display.ts';
import type { Io } from './io.ts';
import { untilSignal } from './until-signal.ts';

type BatchValues = Values<typeof BATCH_SETTINGS>;

export interface BatchAsked {
  readonly paths: readonly string[];
  readonly values: BatchValues;
  readonly out?: string;
  readonly quiet?: boolean;
}

const GO_ON = 'Run the same command again to go on: what the gateway has is not sent again.';
/** What is said in place of that for these codes, where the same command would fail again. */
const REMEDIES: Readonly<Record<string, string>> = {
  IMAGE_TOO_LARGE: 'Leave larger files out with --max-upload-bytes.',
  TOO_MANY_FILES: 'Make the batches smaller with --batch-files.',
  BATCH_TOO_LARGE: 'Make the batches smaller with --batch-bytes.',
};
/** The request cannot be right, so that these end the command as a wrong flag does. */
const USAGE_CODES = ['BAD_USER_INPUT', 'MODEL_NOT_FOUND'];
/** Whoever answers so is no gateway, or one of another version; so is whoever gives no GraphQL answer. */
const FOREIGN_CODES = [FOREIGN_ANSWER, 'GRAPHQL_VALIDATION_FAILED', 'BAD_REQUEST'];

/** Resolves to the exit status. */
export async function batch(asked: BatchAsked, { stdout, stderr, env }: Io): Promise<number> {
  const { paths, values, out = null, quiet = false } = asked;
  refuseCredentials(values.url);
  const limits = { maxFiles: values.maxFiles, maxBytes: values.maxUploadBytes };
  const { entries, leftOut } = await findPictures(paths, limits);
  const batches = splitIntoBatches(entries, { maxFiles: values.batchFiles, maxBytes: values.batchBytes });
  const ids = values.id ? namedIds(values.id) : await rememberedIds(memoryFolder(env), values);
  const results = await openResults(out, stdout);
  const { signal, release } = untilSignal(GO_ON);
  const display = new Display(stderr, quiet);
  const options = { ...optionsOf(values, signal, display), ids };
  if (leftOut > 0) display.say(`Left out, as their names are not those of pictures: ${formatNumber(leftOut, 0)}.`);
  try {
    const summary = await write(runBatches(batches, options), results, values.format ?? formatFor(out));
    await ids.forget();
    for (const line of summary.lines()) display.say(line);
    return summary.isComplete ? 0 : 1;
  } catch (error) {
    display.clear();
    await results.abandon();
    if (signal.aborted) return 1;
    return explain(error, values.url, stderr);
  } finally {
    release();
  }
}

function optionsOf({ url, model, topK, patience }: BatchValues, signal: AbortSignal, display: Display) {
  const onRetry = ({ message }: RequestFailure) => display.say(`The gateway: ${withoutDot(message)}. Trying again.`);
  const retrying = { patienceMs: patience * 1000, signal, onRetry };
  return { ...retrying, client: new BatchClient({ ...retrying, url }), display, model, topK };
}

async function write(found: AsyncIterable<FileResult>, results: Results, format: Format): Promise<Summary> {
  const summary = new Summary();
  let header = headerOf(format);
  for await (const result of found) {
    summary.add(result);
    await results.write(`${header}${lineOf(result, format)}`);
    header = '';
  }
  await results.complete();
  return summary;
}

/** Returns the exit status. Rethrows what is the user's to mend, and what nobody foresaw. */
function explain(error: unknown, url: URL, stderr: Io['stderr']): number {
  // Whoever reads the results may have enough of them, as `head` does.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
  if (!(error instanceof RequestFailure)) throw error;
  const { code } = error;
  const message = withoutDot(error.message);
  if (USAGE_CODES.includes(code)) throw new ConfigError(`${message}.`);
  if (FOREIGN_CODES.includes(code) || (code.startsWith('HTTP_') && !error.mayPass)) {
    throw new ConfigError(`${url.href} is not a Warmpool gateway of this version: ${message}.`);
  }
  stderr.write(`warmpool: ${message}. ${REMEDIES[code] ?? GO_ON}\n`);
  return 1;
}

function withoutDot(message: string): string {
  return message.replace(/\.$/, '');
}
