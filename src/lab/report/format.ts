/** Numbers as people and as programs read them: the same on every machine, whatever its language. */

const UNKNOWN = '–';
const threeDigits = new Intl.NumberFormat('en-US', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });

/** With three digits, or all those before the point: 0.412, 8.21, 38.4, 10,042. NaN is shown as a dash. */
export function formatSignificant(value: number): string {
  return value !== 0 && Math.abs(value) < 99.95 ? threeDigits.format(value) : formatNumber(value, 0);
}

export function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return UNKNOWN;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** For JSON: at most 3 digits after the point; null for what it has no word for. */
export function roundForJson(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1_000) / 1_000 : null;
}
