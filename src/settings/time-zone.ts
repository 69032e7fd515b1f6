/** Time zones by their IANA names, as this machine's Node.js knows them. */

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** UTC where the machine has none, or says it in a way that is no time zone. */
export function machineTimeZone(): string {
  const name: string | undefined = new Intl.DateTimeFormat('en').resolvedOptions().timeZone;
  return name && isTimeZone(name) ? name : 'UTC';
}
