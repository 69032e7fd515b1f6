/** `warmpool classify FILE…`: a pool without a server, for as long as there are files. */
import { open } from 'node:fs/promises';
import { pMapIterable } from 'p-map';
import { GatewayError } from '../core/contracts/errors.ts';
import { type Classifier, openClassifier } from '../gateway/classifier.ts';
import type { Config } from '../settings/gateway.ts';
import { Display } from './display.ts';
import type { Io } from './io.ts';

/** From so many files on, a terminal gets a progress bar. */
const LONG_LIST = 20;

type Result =
  | ({ readonly file: string } & Awaited<ReturnType<Classifier['classify']>>)
  | { readonly file: string; readonly error: { readonly code: string; readonly message: string } };

/** Resolves to the exit status. */
export async function classify(files: readonly string[], json: boolean, config: Config, io: Io): Promise<number> {
  const { stderr, stdout } = io;
  // There is no load to wait for: every worker that has a file to work on is wanted from the start.
  const workers = Math.min(config.maxWorkers, files.length);
  const classifier = await openClassifier({ ...config, maxWorkers: workers, reserved: workers });
  const output: { error?: NodeJS.ErrnoException } = {};
  stdout.on('error', (error) => Object.assign(output, { error }));
  const display = stderr.isTTY && files.length >= LONG_LIST ? new Display(stderr, false) : null;
  const show = (done: number) =>
    display?.show({ name: 'Classifying', done, total: files.length, text: `${done} of ${files.length}` });
  show(0);
  const width = Math.max(...files.map((file) => file.length));
  // A bar and a table cannot be drawn at the same place at the same time.
  const held: string[] = [];
  let [done, failed] = [0, 0];
  const results = pMapIterable(files, (file) => classifyFile(file, classifier, config.maxUploadBytes), {
    concurrency: 2 * workers,
  });
  for await (const result of results) {
    if (output.error) break;
    if ('error' in result) failed++;
    const line = json ? JSON.stringify(result) : tableLine(result, width);
    if (display && stdout.isTTY) held.push(line);
    else stdout.write(`${line}\n`);
    show(++done);
  }
  display?.say(`${done - failed} of ${files.length} classified`);
  for (const line of held) stdout.write(`${line}\n`);
  await classifier.close();
  // Whoever reads the answers may have enough of them, as `head` does.
  if (output.error?.code === 'EPIPE') return 0;
  if (output.error) throw output.error;
  return failed > 0 ? 1 : 0;
}

async function classifyFile(file: string, classifier: Classifier, maxBytes: number): Promise<Result> {
  try {
    return { file, ...(await classifier.classify(await readPicture(file, maxBytes))) };
  } catch (error) {
    const code = error instanceof GatewayError ? error.code : 'UNREADABLE_FILE';
    return { file, error: { code, message: (error as Error).message } };
  }
}

async function readPicture(file: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) {
      throw new GatewayError('IMAGE_TOO_LARGE', `The file has ${size} bytes; at most ${maxBytes} are accepted.`);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function tableLine(result: Result, width: number): string {
  const file = result.file.padEnd(width);
  if ('error' in result) return `${file}  ${result.error.code}: ${result.error.message}`;
  const { label, confidence, receipt } = result;
  return `${file}  ${label}  ${confidence.toFixed(2)}  ${(receipt.decodeMs + receipt.inferMs).toFixed(0)} ms`;
}
