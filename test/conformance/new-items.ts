/** Pictures that have arrived, for stores that never see them. */
import type { NewItem } from '../../src/batches/types.ts';

/** As though each were as long as its name, one after the other. */
export function newItems(names: readonly string[]): NewItem[] {
  let offset = 0;
  return names.map((name) => {
    const item = { name, extent: { offset, length: name.length } };
    offset += name.length;
    return item;
  });
}
