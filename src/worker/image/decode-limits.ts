/** What decoding one picture may take. */
export interface DecodeLimits {
  /** Largest width × height. */
  readonly maxPixels: number;
  /** Longest time for one picture, in whole seconds. */
  readonly timeoutSeconds: number;
}
