/**
 * The `map` of a multipart request says which file is which variable. graphql-upload-minimal follows its paths into the
 * operation without asking whose property it finds there: `toString.call` would lead it to a function that the whole
 * process shares, and `variables.list.4000000000` makes a list that takes minutes to walk. So it gets to see only paths
 * that end in a variable, or in a list that is no longer than there are files.
 */
const VARIABLE = /^variables\.([A-Za-z_]\w*)(?:\.(0|[1-9]\d{0,8}))?$/;

export interface FileMap {
  /** In place of a path that leads elsewhere stands null, which the parser refuses by itself. */
  readonly safe: string;
  /** Number of files that it announces. */
  readonly files: number;
  /** Their names in the order of the list, if they are one; else null. */
  readonly list: readonly string[] | null;
}

type Entry = readonly [name: string, paths: readonly (string | null)[] | null];

export function readFileMap(text: string): FileMap {
  const map = parse(text);
  if (map === null) return { safe: text, files: 0, list: null };
  const files = Object.keys(map).length;
  const guard = (path: unknown) => (typeof path === 'string' && isSafe(path, files) ? path : null);
  const entries = Object.entries(map).map(
    ([name, paths]): Entry => [name, Array.isArray(paths) ? paths.map(guard) : null],
  );
  return { safe: JSON.stringify(Object.fromEntries(entries)), files, list: listOf(entries) };
}

function isSafe(path: string, files: number): boolean {
  const [, variable, place] = VARIABLE.exec(path) ?? [];
  return variable !== undefined && !(variable in Object.prototype) && (place === undefined || Number(place) < files);
}

function listOf(entries: readonly Entry[]): readonly string[] | null {
  const lists = new Set<string>();
  const names = new Map<number, string>();
  for (const [name, paths] of entries) {
    const [, variable, place] = VARIABLE.exec(paths?.[0] ?? '') ?? [];
    if (variable === undefined || place === undefined || paths?.length !== 1) return null;
    lists.add(variable);
    names.set(Number(place), name);
  }
  // As many places below that number as files: none is left out.
  if (lists.size !== 1 || names.size !== entries.length) return null;
  return entries.map((_, place) => names.get(place) as string);
}

/** Null if the parser refuses it anyway, being no JSON object. */
function parse(text: string): Record<string, unknown> | null {
  try {
    const map: unknown = JSON.parse(text);
    return typeof map === 'object' && map !== null && !Array.isArray(map) ? (map as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
