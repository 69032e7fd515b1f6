/**
 * Which file of a source tree imports which, types included. A name that a file only passes on counts as imported from the file
 * that declares it. Read as text: what is written here is always `import … from '…'`, `export … from '…'` or `import('…')`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** By the importing file, relative to the tree; the imported files likewise. */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>;

interface Statement {
  /** Null for all of them: `import('…')`, `export * from '…'`, and what is imported for its effects. */
  readonly names: readonly string[] | null;
  readonly from: string;
  readonly passesOn: boolean;
}

const SOURCE = /\.[cm]?tsx?$/;
const FROM = /\b(import|export)\s+(?:type\s+)?((?:[\w$*]|\{[^}]*\}|,|\s)*?)\s*from\s*'(\.[^']+)'/g;
const BARE = /\bimport\s*\(?\s*'(\.[^']+)'/g;

function filesIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => SOURCE.test(file))
    .sort();
}

export function importsOf(root: string): Imports {
  const statements = new Map(filesIn(root).map((file) => [file, statementsOf(root, file)]));
  return new Map(
    [...statements].map(([file, ofFile]) => [
      file,
      new Set(ofFile.flatMap(({ names, from }) => (names ?? [null]).map((name) => declaredIn(from, name, statements)))),
    ]),
  );
}

function statementsOf(root: string, file: string): Statement[] {
  const text = readFileSync(join(root, file), 'utf8');
  const target = (specifier: string) => relative(root, join(root, dirname(file), specifier));
  const named = [...text.matchAll(FROM)].map(([, keyword, clause = '', specifier = '']) => ({
    names: namesIn(clause),
    from: target(specifier),
    passesOn: keyword === 'export',
  }));
  const bare = [...text.matchAll(BARE)].map(([, specifier = '']) => ({
    names: null,
    from: target(specifier),
    passesOn: false,
  }));
  return [...named, ...bare].filter(({ from }) => SOURCE.test(from) && existsSync(join(root, from)));
}

/** As the other file calls them; null for `*`. A default import is called `default`. */
function namesIn(clause: string): readonly string[] | null {
  if (clause.includes('*')) return null;
  const [, outside = '', inside = ''] = /^([^{]*)(?:\{([^}]*)\})?/.exec(clause) ?? [];
  const inBraces = inside.split(',').flatMap((part) => part.trim().match(/^(?:type\s+)?([\w$]+)/)?.[1] ?? []);
  return outside.replace(/[,\s]/g, '') === '' ? inBraces : ['default', ...inBraces];
}

function declaredIn(file: string, name: string | null, statements: ReadonlyMap<string, readonly Statement[]>): string {
  const passedOn = statements
    .get(file)
    ?.find(({ names, passesOn }) => passesOn && name !== null && names?.includes(name) === true);
  return passedOn ? declaredIn(passedOn.from, name, statements) : file;
}
