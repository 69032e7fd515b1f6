/** Each import rule of .biome.json, by files that must fail and files that may pass; all of them are linted in one run. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Override {
  readonly includes: readonly [string];
  readonly linter: {
    readonly rules: { readonly style?: { readonly noRestrictedImports?: { readonly options: Options } } };
  };
}

interface Options {
  readonly patterns: readonly { readonly group: readonly string[] }[];
}

const { overrides } = JSON.parse(readFileSync(`${ROOT}/.biome.json`, 'utf8')) as { overrides: readonly Override[] };

/** What may be imported in a place: the exceptions (`!…`) from what is forbidden there. */
const rules = overrides.flatMap(({ includes: [place], linter }) =>
  (linter.rules.style?.noRestrictedImports?.options.patterns ?? []).map(
    ({ group: [forbidden = '', ...exceptions] }) => ({
      place,
      forbidden,
      allowed: exceptions.map((pattern) => pattern.slice(1)),
    }),
  ),
);

const folder = mkdtempSync(join(tmpdir(), 'warmpool-lint-'));
/** Those that were refused, as `place: import`. */
const refused = new Set<string>();

/** A file that a pattern means. */
const fileOf = (pattern: string) =>
  pattern
    .replace('*/**', 'deep/file.ts')
    .replace('**', 'deep/file.ts')
    .replace(/\*(\.ts)?$/, 'file.ts');
const upFrom = (place: string) => '../'.repeat(fileOf(place).split('/').length - 2);
/** An import of what no rule knows, and one that is like an allowed one but for where it leads. */
const offences = (place: string, forbidden: string) =>
  forbidden.includes('*')
    ? [`${upFrom(place)}nowhere/file.ts`, `${upFrom(place)}nowhere/core/contracts/errors.ts`]
    : [forbidden];

beforeAll(() => {
  copyFileSync(`${ROOT}/.biome.json`, join(folder, '.biome.json'));
  const imports = rules.flatMap(({ place, forbidden, allowed }) =>
    [...offences(place, forbidden), ...allowed.map(fileOf)].map((imported) => ({ place, imported })),
  );
  const files = new Map(
    imports.map(({ place, imported }, i) => [fileOf(place).replace('file.ts', `file-${i}.ts`), { place, imported }]),
  );
  for (const [file, { imported }] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `import type { A } from '${imported}';\nexport type { A };\n`);
  }
  const flags = ['lint', '--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(`${ROOT}/node_modules/.bin/biome`, flags, { cwd: folder, encoding: 'utf8' });
  for (const [, file = ''] of stdout.matchAll(/noRestrictedImports,file=([^,]+),/g)) {
    const { place, imported } = files.get(file) ?? { place: 'unknown', imported: file };
    refused.add(`${place}: ${imported}`);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

it('every room has a rule', () => {
  const rooms = readdirSync(`${ROOT}/src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of rooms) expect(rules.map(({ place }) => place).join()).toContain(`src/${name}/`);
});

describe.each(rules)('$place: $forbidden', ({ place, forbidden, allowed }) => {
  it.each(offences(place, forbidden))('an import from %s fails', (imported) => {
    expect(refused).toContain(`${place}: ${imported}`);
  });

  it.each(allowed.map(fileOf))('an import from %s is allowed', (imported) => {
    expect(refused).not.toContain(`${place}: ${imported}`);
  });
});
