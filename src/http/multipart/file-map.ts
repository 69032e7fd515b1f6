/**
 * The `map` of a multipart request says which file is which variable. Its paths come from anybody: `toString.call` would lead
 * to a function that the whole process shares. So a path may lead to a variable, or to an element of a list that is there.
 */
import { unreadable } from '../../graphql/errors.ts';

const PATH = /^variables\.([A-Za-z_]\w*)(?:\.(0|[1-9]\d{0,8}))?$/;

interface Target {
  readonly variable: string;
  /** In the list that the variable is; null if the variable itself is the file. */
  readonly index: number | null;
}

export class FileMap {
  /** Where each file goes, by its name. */
  readonly #targets: ReadonlyMap<string, readonly Target[]>;
  /** Names of the files in the order of the list, if they are one; else null. */
  readonly list: readonly string[] | null;

  /** Throws BAD_USER_INPUT. */
  constructor(text: string) {
    const map = parseObject('map', text);
    this.#targets = new Map(Object.entries(map).map(([name, paths]) => [name, targetsOf(paths)]));
    this.list = listOf(this.#targets);
  }

  /** Number of files that it announces. */
  get files(): number {
    return this.#targets.size;
  }

  /** Puts what `make` makes of each file where it goes, and returns it by the files' names. Throws BAD_USER_INPUT. */
  putInto<File>(variables: Record<string, unknown>, make: () => File): Map<string, File> {
    const files = new Map<string, File>();
    for (const [name, targets] of this.#targets) {
      const file = make();
      files.set(name, file);
      for (const target of targets) put(variables, target, file);
    }
    return files;
  }
}

/** The JSON object in this field. Throws BAD_USER_INPUT. */
export function parseObject(field: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // It is not even JSON.
  }
  throw unreadable(`\`${field}\` is no JSON object.`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function targetsOf(paths: unknown): readonly Target[] {
  if (!Array.isArray(paths)) throw unreadable('an entry of `map` is no list of paths.');
  return paths.map((path) => {
    const [, variable, index] = (typeof path === 'string' && PATH.exec(path)) || [];
    if (variable === undefined || variable in Object.prototype)
      throw unreadable('a path in `map` leads to no variable.');
    return { variable, index: index === undefined ? null : Number(index) };
  });
}

function put(variables: Record<string, unknown>, { variable, index }: Target, file: unknown): void {
  if (index === null) {
    variables[variable] = file;
    return;
  }
  const list = variables[variable];
  if (!Array.isArray(list) || index >= list.length) throw unreadable('a path in `map` leads to no place of a list.');
  list[index] = file;
}

function listOf(map: ReadonlyMap<string, readonly Target[]>): readonly string[] | null {
  const lists = new Set<string>();
  const names = new Map<number, string>();
  for (const [name, [target, ...more]] of map) {
    if (!target || target.index === null || more.length > 0) return null;
    lists.add(target.variable);
    names.set(target.index, name);
  }
  // As many names as files, and none missing: each file is one element of the list.
  const list = Array.from(names, (_, index) => names.get(index));
  return lists.size === 1 && list.length === map.size && !list.includes(undefined) ? (list as string[]) : null;
}
