// The paths of the photos of a batch, for a reload: of a path, the gateway keeps the file's name alone, and not always to the letter.

const PREFIX = 'names of batch ';

/** In this tab, as long as there is room. */
export function keepNames(id: string, names: readonly string[]): void {
  try {
    sessionStorage.setItem(PREFIX + id, JSON.stringify(names));
  } catch {
    // There is none, or the browser forbids it. Then the gateway's names have to do.
  }
}

/** None if they are not known here. */
export function keptNames(id: string): readonly string[] {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + id) ?? '[]');
  } catch {
    return [];
  }
}
