import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const core = resolve(import.meta.dirname, '../../src/core');
const files = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

const names = 'Date performance process globalThis crypto console fetch require setTimeout setInterval setImmediate';
const impure = new RegExp(
  `\\b(${names.replaceAll(' ', '|')}|queueMicrotask)\\b\\s*[.(]|\\bnew Date\\b|\\bMath\\.random\\b|\\b(async|await)\\b`,
);

/** The source without its comments, which may speak of anything. */
function code(file: string): string {
  const source = readFileSync(join(core, file), 'utf8');
  return source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

describe('src/core', () => {
  it('was found', () => {
    expect(files).toContain('scheduler.ts');
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files)('%s imports nothing from outside', (file) => {
    const specifiers = [...code(file).matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1]);
    for (const specifier of specifiers) {
      expect(specifier).toMatch(/^\.\.?\//);
      expect(relative(core, resolve(core, dirname(file), specifier ?? ''))).not.toMatch(/^\.\./);
    }
  });

  it.each(files)('%s uses no clock, no timer and no chance', (file) => {
    expect(impure.exec(code(file))?.[0]).toBeUndefined();
  });
});
