#!/usr/bin/env node
/**
 * The process entry. A CommonJS file, because it must set the size of libuv's thread pool before anything uses it, and
 * loading an ES module already does. All workers decode their pictures on that one pool: with its default of 4 threads
 * the fifth worker would wait.
 */
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, require('node:os').availableParallelism() + 2));

// onnxruntime reports its use to its maker, and keeps files for that, unless it is told not to before it is loaded.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

// What it rejects with is a bug: Node.js prints it and ends the process.
void import('./cli/program.ts')
  .then(({ run }) => run(process.argv, process))
  .then((status) => {
    // A signal that ended the command has set another one.
    process.exitCode ??= status;
  });
