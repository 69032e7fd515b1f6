// Facts about what happens to the process when a thread is ended while a native library works in it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('end-of-threads.ts', import.meta.url));
// Without the gate libjpeg-turbo aborts the process in the first rounds, onnxruntime in most runs of so many.
const ROUNDS = '15';

it.each([
  ['libjpeg-turbo decodes', ['cat-kitten.jpg', ROUNDS, 'modelDir=test/fixtures/models', 'model=synthetic']],
  ['onnxruntime infers', ['cat-chelsea.png', ROUNDS, 'engine=onnx']],
])('threads that end while %s leave the others and the process alone', async (_, [picture, ...args]) => {
  const program = ['--import', 'tsx', PROGRAM, `test/fixtures/photos/${picture}`, ...args];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, program);
  expect(stderr).toBe('');
  expect(stdout).toBe('all ended\n');
});
