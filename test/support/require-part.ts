/**
 * Tests that need a real part which not every machine has: a native engine, a browser, a server. Without the part such a
 * test is skipped, with a line that says how to get it; in CI (environment CI=true) it fails, so nothing goes unproved.
 */
import { it } from 'vitest';

export interface Part {
  readonly name: string;
  readonly available: boolean;
  /** A sentence or a command. */
  readonly howToGet: string;
  /** Its tests are skipped in CI too. */
  readonly optional?: boolean;
}

/** Names of more optional parts, with commas between them: what CI knows that this machine cannot have. */
const OPTIONAL_PARTS = (process.env.OPTIONAL_PARTS ?? '').split(',');

/** For a test that needs all of them. */
export function allOf(...parts: readonly Part[]): Part {
  const missing = parts.filter(({ available }) => !available);
  return {
    name: missing.map(({ name }) => name).join(' and '),
    available: missing.length === 0,
    howToGet: missing.map(({ howToGet }) => howToGet).join('; '),
    optional: missing.every(isOptional),
  };
}

/** As `it`, for a test that cannot run without `part`. */
export function itNeeds(part: Part, title: string, test: () => Promise<void> | void, timeoutMs?: number): void {
  if (part.available) {
    it(title, test, timeoutMs);
    return;
  }
  const missing = `needs ${part.name}: ${part.howToGet}`;
  if (process.env.CI === 'true' && !isOptional(part)) {
    it(title, () => {
      throw new Error(missing);
    });
    return;
  }
  process.stderr.write(`skipped: ${title}; ${missing}\n`);
  it.skip(`${title} (${missing})`);
}

function isOptional({ name, optional }: Part): boolean {
  return optional || OPTIONAL_PARTS.includes(name);
}
