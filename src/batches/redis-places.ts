/**
 * A batch's place in the index. All members of the sorted set have the same score, so it is sorted by these strings: by age,
 * then by id. A place says where a page ends even after its batch is gone.
 */
const DIGITS = 15;

export function placeOf(createdAt: number, batchId: string): string {
  return `${String(createdAt).padStart(DIGITS, '0')}.${batchId}`;
}

export function isPlace(text: string): boolean {
  return /^\d{15}\../.test(text);
}

export function idAt(place: string): string {
  return place.slice(DIGITS + 1);
}
