// A promise that a test settles by hand, and a way to let everything run that can run now.

export interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: Error): void;
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** All promise callbacks run before the event loop goes on to the next immediate. */
export function settled(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
