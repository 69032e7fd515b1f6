/** Links from one document to another, and the paths of the sources in them, lead somewhere. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/gateway-process.ts';
import { DOCUMENTS, read, withoutBlocks } from './documents.ts';

const LINK = /\]\(([^)\s]+)\)/g;
/** As in `src/core`; not one that has a name to be filled in. */
const SOURCE_PATH = /`((?:src|test|deploy|\.ci)\/[\w./-]+)`/g;

it.each(DOCUMENTS)('%s has no broken link', (document) => {
  const targets = [...textOf(document).matchAll(LINK)].map(([, target = '']) => target);
  const broken = targets.filter((target) => !/^https?:/.test(target) && !leadsSomewhere(document, target));
  expect(broken).toEqual([]);
});

it('no document names a path that is not there', () => {
  const paths = DOCUMENTS.flatMap((document) => [...textOf(document).matchAll(SOURCE_PATH)]).map(
    ([, path = '']) => path,
  );
  expect(paths).not.toEqual([]);
  expect(paths.filter((path) => !path.includes('NAME') && !existsSync(join(ROOT, path)))).toEqual([]);
});

function textOf(document: string): string {
  return withoutBlocks(read(document));
}

function leadsSomewhere(document: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : join(document, '..', path);
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || anchorsOf(file).includes(anchor);
}

/** As GitHub makes them of headings: small letters, no punctuation, a dash for each space. */
function anchorsOf(file: string): readonly string[] {
  const headings = textOf(file).matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
