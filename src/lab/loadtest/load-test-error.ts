/** A load test cannot be run as it was asked for. The message quotes what was given and says what would be right. */
export class LoadTestError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LoadTestError';
  }
}
