/** Commands that end in order at a signal. */

/** The exit status of a command that a signal ended is the number of the signal and 128. */
const STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export interface UntilSignal {
  /** Aborted by the first signal. The second one ends the process at once. */
  readonly signal: AbortSignal;
  /** From here on signals do what they do by default. */
  readonly release: () => void;
}

/** `consequence` is told to the user: what has become of the work. */
export function untilSignal(consequence: string): UntilSignal {
  const end = new AbortController();
  const onSignal = (name: keyof typeof STATUS) => {
    process.exitCode = STATUS[name];
    if (end.signal.aborted) process.exit();
    process.stderr.write(`\nwarmpool: ended by ${name}. ${consequence}\n`);
    end.abort();
  };
  const names = Object.keys(STATUS) as (keyof typeof STATUS)[];
  for (const name of names) process.on(name, onSignal);
  return {
    signal: end.signal,
    release() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
