/** The documentation, and the fenced blocks in it: each of them is to be claimed by exactly one test. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/gateway-process.ts';

/** Paths from the root of the project. */
export const DOCUMENTS: readonly string[] = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
].filter((path) => path.endsWith('.md'));

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export interface Block {
  readonly document: string;
  readonly language: string;
  readonly text: string;
}

/** From a line that begins with three backticks to the next one that is nothing else, however far in they stand. */
const FENCED = /^( *)```(.*)\n([\s\S]*?)^\1```$/gm;

export function withoutBlocks(text: string): string {
  return text.replaceAll(FENCED, '');
}

export class Blocks {
  readonly #unclaimed = new Set<Block>(DOCUMENTS.flatMap(blocksOf));

  /** The one block of the document that starts so. Throws if there is none, or another test has it. */
  claim(document: string, start: string): Block {
    const [block, ...others] = this.unclaimed.filter((one) => one.document === document && one.text.startsWith(start));
    if (!block || others.length > 0) {
      const found = block ? others.length + 1 : 'none';
      throw new Error(`${document} must have one block that starts with ${JSON.stringify(start)}; it has ${found}`);
    }
    this.#unclaimed.delete(block);
    return block;
  }

  /** All blocks in a language. */
  claimAll(language: string): readonly Block[] {
    const blocks = this.unclaimed.filter((block) => block.language === language);
    for (const block of blocks) this.#unclaimed.delete(block);
    return blocks;
  }

  get unclaimed(): readonly Block[] {
    return [...this.#unclaimed];
  }
}

function blocksOf(document: string): readonly Block[] {
  return [...read(document).matchAll(FENCED)].map(([, , language = '', text = '']) => ({ document, language, text }));
}
