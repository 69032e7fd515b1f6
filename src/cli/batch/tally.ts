/** What came of all files, to be told in the end. */
import { formatNumber } from '../../lab/report/format.ts';
import type { Row } from './rows.ts';

/** Most files that are listed. */
const MAX_LISTED = 20;

export class Tally {
  readonly #counts = { DONE: 0, FAILED: 0, CANCELLED: 0, QUEUED: 0, RUNNING: 0 };
  readonly #listed: string[] = [];
  #total = 0;

  add({ file, status, error }: Row): void {
    this.#total++;
    this.#counts[status]++;
    if (error && this.#listed.length < MAX_LISTED) this.#listed.push(`  ${file}  ${error.code}: ${error.message}`);
  }

  get isComplete(): boolean {
    return this.#counts.DONE === this.#total;
  }

  /** How many of each kind, and those that failed. */
  lines(): string[] {
    const { DONE, FAILED, CANCELLED } = this.#counts;
    const parts = [`${formatNumber(DONE, 0)} of ${formatNumber(this.#total, 0)} photos classified`];
    if (FAILED > 0) parts.push(`${formatNumber(FAILED, 0)} failed`);
    if (CANCELLED > 0) parts.push(`${formatNumber(CANCELLED, 0)} cancelled`);
    const unlisted = FAILED - this.#listed.length;
    const more = unlisted > 0 ? [`  and ${formatNumber(unlisted, 0)} more, see the results`] : [];
    return [parts.join(', '), ...this.#listed, ...more];
  }
}
