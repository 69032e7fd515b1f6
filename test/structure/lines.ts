/** Lines of sources that are neither blank nor comment, without generated files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const COUNTED = /\.(?:[cm]?tsx?|css|html|json)$/;
const GENERATED = /\.generated\.ts$/;
const LINE_COMMENT = /^\/\//;
const BLOCK_START = /^(?:\/\*|<!--)/;
const BLOCK_END = /\*\/|-->/;

export function linesByRoom(root: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!COUNTED.test(file) || GENERATED.test(file)) continue;
    const [room = file] = file.split('/');
    lines.set(room, (lines.get(room) ?? 0) + codeLines(readFileSync(join(root, file), 'utf8')));
  }
  return lines;
}

function codeLines(text: string): number {
  let count = 0;
  let isComment = false;
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (!isComment && BLOCK_START.test(line)) isComment = true;
    else if (!isComment && line !== '' && !LINE_COMMENT.test(line)) count++;
    if (isComment && BLOCK_END.test(line)) isComment = false;
  }
  return count;
}
