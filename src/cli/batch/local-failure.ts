/** What goes wrong on this side while the command works: a file that has changed, results that cannot be written. */
export class LocalFailure extends Error {}
