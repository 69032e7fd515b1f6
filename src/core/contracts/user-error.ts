/**
 * What whoever runs Warmpool has to mend: a wrong setting, model repository, engine, trace or address. The message quotes what was
 * given and says what would be right; the command line prints it alone, without a stack.
 */
export class UserError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
