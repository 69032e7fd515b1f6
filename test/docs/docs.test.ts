/** What the documentation says, kept: every block in it is run or checked here, and its tables are those of the program. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { buildSchema, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GatewayError } from '../../src/core/contracts/errors.ts';
import { formatGatewayError } from '../../src/graphql/errors.ts';
import { manifestSchema } from '../../src/models/manifest.ts';
import { SETTINGS } from '../../src/settings/gateway.ts';
import { defaultOf, flagOf } from '../../src/settings/setting.ts';
import { sendBatch } from '../e2e/batch-client.ts';
import { ADMIN_TOKEN, type GatewayProcess, ROOT, startGateway } from '../support/gateway-process.ts';
import { BLOCKS_ELSEWHERE } from './blocks-elsewhere.ts';
import { Blocks, DOCUMENTS, read } from './documents.ts';

const run = promisify(execFile);
const blocks = new Blocks();
const folder = mkdtempSync(join(tmpdir(), 'warmpool-docs-'));
let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await gateway.stop();
});

/** In a shell, as written, but against the gateway of this test, and with its files in a folder of its own. */
async function shell(command: string): Promise<string> {
  const text = command
    .replaceAll('http://127.0.0.1:4000', gateway.url)
    .replace(/\b(report\.html|results\.csv)/, (name) => join(folder, name));
  const { stdout } = await run('sh', ['-ec', text], {
    cwd: ROOT,
    env: { ...process.env, WARMPOOL_ADMIN_TOKEN: ADMIN_TOKEN, XDG_STATE_HOME: folder },
  });
  return stdout;
}

/** A test of one block, which is claimed by it. */
function itKeeps(document: string, start: string, fact: string, test: (text: string) => unknown, timeoutMs?: number) {
  const { text } = blocks.claim(document, start);
  it(fact, () => test(text) as Promise<void>, timeoutMs);
}

describe('README.md', () => {
  itKeeps('README.md', 'npm ci', 'starts the gateway with its two commands', async (text) => {
    expect(text).toBe('npm ci\nnpm start\n');
    // The lock file is complete; that the packages are there is why this test runs.
    // Without scripts: `prepare` would build anew what the other tests are running.
    await run('npm', ['ci', '--dry-run', '--ignore-scripts'], { cwd: ROOT });
    const child = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { ...process.env, PORT: '0', WARMPOOL_DATA_DIR: folder },
      detached: true,
    });
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('listens on http://')) break;
    process.kill(-(child.pid as number), 'SIGTERM');
    await once(child, 'exit');
  });

  const shown = JSON.parse(blocks.claim('README.md', '{').text);
  itKeeps('README.md', 'curl', 'shows a request that gets the answer that it shows', async (text) => {
    const answer = JSON.parse(await shell(text));
    expect(answer.data.classify.label).toBe(shown.data.classify.label);
    expect(answer.data.classify.confidence).toBeCloseTo(shown.data.classify.confidence, 2);
    expect(Object.keys(answer.data.classify.receipt)).toEqual(Object.keys(shown.data.classify.receipt));
    expect(answer.data.classify.receipt).toMatchObject({ worker: 'RESERVED', coldStart: false });
  });

  itKeeps('README.md', 'npx warmpool classify', 'classifies files without a server', async (text) => {
    expect(await shell(text)).toMatch(/cat-kitten\.jpg +cat .*\n.*dog-black\.jpg +dog /);
  });

  itKeeps('README.md', 'npx warmpool simulate', 'simulates with the figures that it shows', async (text) => {
    const printed = await shell(text);
    const figures = (label: string) => printed.match(new RegExp(`^${label} +(\\S+) +(\\S+)$`, 'm'))?.slice(1);
    const rows = [...read('README.md').matchAll(/^\| `(?:spill|target-wait)`.*$/gm)].map(([row]) => row.split('|'));
    const column = (i: number) => rows.map((cells) => cells[i]?.replaceAll('*', '').trim());
    expect(figures('requests')).toEqual(column(2));
    expect(figures('p50 ms')?.map(Number)).toEqual(column(3).map(Number));
    expect(figures('p99 ms')?.map(Number)).toEqual(column(4).map(Number));
    expect(figures('max ms')).toEqual(column(5));
    expect(figures('spilled')).toEqual(['22', '0']);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('measured what docs/performance.md did', () => {
    const [, measured = ''] = read('README.md').split('## Measured');
    const rows = [...measured.matchAll(/^\| (.*?) \| (\*{0,2}\d.*)$/gm)];
    expect(rows).not.toEqual([]);
    for (const [, server, figures] of rows)
      expect(read('docs/performance.md')).toContain(`| ${server} | 64 | ${figures}`);
  });
});

describe('docs/settings.md', () => {
  it('lists every setting with its default, and no other', () => {
    const rows = Object.entries(SETTINGS).map(
      ([name, setting]) => `| \`${flagOf(name)}\` | \`${setting.env}\` | ${defaultOf(setting)} | ${setting.help} |`,
    );
    expect(read('docs/settings.md').match(/^\| `--.*$/gm)).toEqual(rows);
  });
});

describe('docs/api.md', () => {
  itKeeps('docs/api.md', 'curl', 'changes the reserved set as the admin', async (text) => {
    const answer = JSON.parse(await shell(text));
    expect(answer.data.provision.summary.reserved).toBe(1);
  });

  itKeeps('docs/api.md', '{\n  "message"', 'shows an error as clients get it', (text) => {
    const shown = JSON.parse(text);
    const { code, retryAfterMs } = shown.extensions;
    expect(formatGatewayError(new GatewayError(code, shown.message, retryAfterMs))).toEqual(shown);
  });
});

describe('docs/batches.md', () => {
  const upload = blocks.claim('docs/batches.md', 'curl http://127.0.0.1:4000/graphql \\').text;
  itKeeps('docs/batches.md', 'curl --no-buffer', 'uploads a batch and follows it to its end', async (text) => {
    const { data } = JSON.parse(await shell(upload));
    expect(data.classifyBatch.total).toBe(2);
    const events = await shell(text);
    expect(events).toMatch(/^event: next$/m);
    expect(events).toMatch(/"state":"COMPLETED","done":2,"failed":0,"total":2/);
    expect(events).toMatch(/^event: complete$/m);
  });

  itKeeps('docs/batches.md', 'npx warmpool batch', 'writes the results of a folder', async (text) => {
    await shell(text);
    const [header, ...lines] = readFileSync(join(folder, 'results.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toMatch(/^file,status,label,/);
    const pictures = readdirSync(`${ROOT}/test/fixtures/photos`).filter((name) => !name.endsWith('.md'));
    expect(lines).toHaveLength(pictures.length);
    for (const line of lines) expect(line).toMatch(/(cat|dog|other)-\w+\.\w+,DONE,\1,/);
  });

  itKeeps('docs/batches.md', 'import { ApolloClient', 'follows a batch from Apollo Client', async (text) => {
    const photo = readFileSync(`${ROOT}/test/fixtures/photos/cat-kitten.jpg`);
    const { data } = await sendBatch(gateway.url, 3, null, () => photo);
    const program = text.replace('http://127.0.0.1:4000', gateway.url);
    const flags = ['--experimental-websocket', '--input-type=module', '--eval', program];
    // The first argument takes the place of the program's name.
    const { stdout } = await run('node', [...flags, 'progress.mjs', `${data?.classifyBatch.id}`], { cwd: ROOT });
    for (const name of ['0.jpg', '1.jpg', '2.jpg'])
      expect(stdout.split(`name: '${name}', label: 'cat'`)).toHaveLength(2);
    expect(stdout).toMatch(/\nCOMPLETED 3\/3 .*\n$/);
  });
});

describe('docs/operation.md', () => {
  itKeeps('docs/operation.md', 'curl --fail', 'asks whether the gateway lives and is ready', async (text) => {
    expect(await shell(text)).toBe('{"status":"ok"}{"status":"ready"}');
  });
});

describe('docs/models.md', () => {
  const catDog = (file: string) => read(`model/cat-dog/${file}`);

  itKeeps('docs/models.md', 'model/', 'shows the files of the repository that is here', (text) => {
    const files = readdirSync(`${ROOT}/model`, { recursive: true, withFileTypes: true, encoding: 'utf8' })
      .filter((entry) => entry.isFile() && entry.name !== 'CARD.md')
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
    expect(text.trimEnd().split('\n').sort()).toEqual(files.sort());
  });

  itKeeps('docs/models.md', '{\n  "name"', 'shows the manifest of the default model', (text) => {
    expect(JSON.parse(text)).toEqual(JSON.parse(catDog('1/manifest.json')));
  });

  it('describes every field of a manifest, and no other', () => {
    const section = /## The manifest\n([\s\S]*?)\n## /.exec(read('docs/models.md'))?.[1] ?? '';
    const described = [...section.matchAll(/^\| `(.*?)` \|/gm)].map(([, field]) => field);
    expect(described).toEqual(fieldsOf(z.toJSONSchema(manifestSchema, { io: 'input' }) as ObjectSchema));
  });

  itKeeps('docs/models.md', '{\n  "width"', 'shows an input that a manifest may have', (text) => {
    const input = JSON.parse(text);
    expect(manifestSchema.shape.input.parse(input)).toEqual(input);
  });

  itKeeps('docs/models.md', 'sha256sum', 'finds the digest that is in the manifest', async (text) => {
    expect((await shell(text)).split(' ')[0]).toBe(JSON.parse(catDog('1/manifest.json')).artifacts.onnx.sha256);
  });

  itKeeps('docs/models.md', '{ "prod"', 'shows the aliases of the default model', (text) => {
    expect(JSON.parse(text)).toEqual(JSON.parse(catDog('aliases.json')));
  });
});

describe('docs/lab.md', () => {
  itKeeps(
    'docs/lab.md',
    'npx warmpool plan',
    'plans a configuration that keeps the p99',
    async (text) => {
      expect(await shell(text)).toMatch(/^For a p99 of at most 300 ms take: --policy .*$/m);
    },
    60_000,
  );

  itKeeps('docs/lab.md', 'npx warmpool loadtest', 'compares policies under real load', async (text) => {
    expect(await shell(text)).toMatch(/^ +spill +target-wait\n[\s\S]*^max ms +[\d,]+/m);
  });
});

describe('ARCHITECTURE.md', () => {
  const { text } = blocks.claim('ARCHITECTURE.md', 'flowchart TD');
  const arrows = text.trimEnd().split('\n').slice(1);
  const names = /[a-z]+(?: & [a-z]+)*/;
  const arrow = new RegExp(`^  (${names.source}) (?:-->|-\\. [\\w ]+ \\.->) (${names.source})$`);

  it('draws arrows from rooms to rooms', () => {
    for (const line of arrows) expect(line).toMatch(arrow);
  });

  it('draws and describes every room, and no other', () => {
    const ends = arrows.flatMap((line) => arrow.exec(line)?.slice(1) ?? []);
    const drawn = new Set(ends.flatMap((side) => side.split(' & ')).filter((name) => name !== 'index'));
    const described = [...read('ARCHITECTURE.md').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    const rooms = readdirSync(`${ROOT}/src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect([...drawn].sort()).toEqual(rooms.map(({ name }) => name).sort());
    expect(described.sort()).toEqual(rooms.map(({ name }) => name).sort());
  });
});

describe('all of the documentation', () => {
  for (const { document, start } of BLOCKS_ELSEWHERE) blocks.claim(document, start);
  const schema = buildSchema(read('schema.graphql'));
  const queries = blocks.claimAll('graphql');

  it.each(queries)('$document asks what the schema has: $text', ({ text }) => {
    expect(validate(schema, parse(text))).toEqual([]);
  });

  it('has no block that is not tested here, or listed with the reason', () => {
    expect(blocks.unclaimed).toEqual([]);
  });

  it.each(DOCUMENTS)('%s names commands that exist', (document) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const known = Object.keys(scripts);
    for (const [, name] of read(document).matchAll(/npm run ([\w:]+)/g)) expect(known).toContain(name);
  });

  it.each(DOCUMENTS)('%s has no placeholder left', (document) => {
    expect(read(document)).not.toMatch(/^[A-Z]+$|TODO|TBD|FIXME/m);
  });
});

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema | boolean>>;
}

/** Paths of all fields that have no fields of their own, in their order. */
function fieldsOf({ properties }: ObjectSchema): readonly string[] {
  return Object.entries(properties ?? {}).flatMap(([name, field]) => {
    const inner = typeof field === 'object' ? fieldsOf(field) : [];
    return inner.length === 0 ? [name] : inner.map((path) => `${name}.${path}`);
  });
}
