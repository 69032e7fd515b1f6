/** How the audits let items end. */
import type { ItemOutcome } from '../../src/batches/types.ts';

/** Tells the index; its figures have no short decimal form. */
export function outcomeOf({ index }: { readonly index: number }): ItemOutcome {
  const confidence = 1 / (index + 3);
  const scores = [
    { label: `label ${index}`, confidence },
    { label: 'other', confidence: 1e-9 / 7 },
  ];
  return { ok: true, label: `label ${index}`, confidence, scores };
}

export const BAD_IMAGE: ItemOutcome = {
  ok: false,
  code: 'BAD_IMAGE',
  message: 'This is no picture: "☂" after 3 bytes.',
};
