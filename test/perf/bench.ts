/**
 * `npm run bench`: the gateway beside the floor and beside what people write without it, in one run on one machine, all
 * on one model. The figure to look at is server CPU-ms per request: noise moves the times, not that. README.md beside
 * this file says what each table means.
 *
 * Options: --model DIR (a version folder, default model/cat-dog/1), --photos FILE_OR_DIR (again for more),
 * --seconds N (per measurement, default 5), --tables LIST (default load,split,footprint), --out FILE (JSON, default
 * bench.json)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { classify } from '../support/graphql-client.ts';
import { CONTENDERS, type Contender, PINNED, WORKERS } from './contenders.ts';
import { runFloor } from './floor.ts';
import { measureFootprint } from './footprint.ts';
import { measureUnderLoad, warmUp } from './measure.ts';
import { printFootprint, printRows, printSplit, type Row } from './print.ts';
import { ROOT } from './server-process.ts';
import { measureSplit } from './split.ts';
import { openSubject } from './subject.ts';

const TABLES = ['load', 'split', 'footprint'];
const LEVELS = [1, 8, 32, 64];

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: join(ROOT, 'model/cat-dog/1') },
    photos: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '5' },
    tables: { type: 'string', default: TABLES.join() },
    out: { type: 'string', default: 'bench.json' },
  },
});
const seconds = Number(values.seconds);
const tables = values.tables.split(',');
if (!(seconds > 0)) throw new Error(`--seconds is "${values.seconds}"; it must be a number above 0.`);
const unknown = tables.find((table) => !TABLES.includes(table));
if (unknown !== undefined) throw new Error(`--tables has "${unknown}"; there are ${TABLES.join(', ')}.`);

const subject = openSubject(values.model, values.photos);
const { name, version } = subject.manifest;
const run = {
  model: `${name}@${version}`,
  photos: subject.photos.length,
  cores: WORKERS,
  node: process.version,
  seconds,
};
console.log(
  `${run.model}, ${run.photos} photos, ${WORKERS}${PINNED ? ' pinned' : ''} cores, node ${run.node}, ${seconds} s per measurement`,
);

const rows = tables.includes('load') ? await compare() : null;
if (rows) printRows(rows);
const split = tables.includes('split') ? await measureSplit(subject, seconds) : null;
if (split) printSplit(split);
const footprint = tables.includes('footprint') ? await measureFootprint(subject) : null;
if (footprint) printFootprint(footprint);
writeFileSync(values.out, JSON.stringify({ ...run, rows, split, footprint }, null, 2));

async function compare(): Promise<readonly Row[]> {
  const rows: Row[] = [{ server: `floor (${WORKERS} threads)`, ...(await runFloor(subject, seconds, 'job')) }];
  for (const contender of CONTENDERS) rows.push(...(await measureContender(contender)));
  return rows;
}

async function measureContender({ name, start }: Contender): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const server = await start(subject);
  try {
    await warmUp(server, subject);
    console.log(`${name} says of the first photo: ${await firstAnswer(server.url)}`);
    for (const clients of LEVELS) {
      rows.push({ server: name, ...(await measureUnderLoad(server, subject.uploads, clients, seconds)) });
    }
  } finally {
    await server.stop();
  }
  return rows;
}

/** To be seen to be the same of all of them: they do the same work. */
async function firstAnswer(url: string): Promise<string> {
  const { data, errors } = await classify(url, readFileSync(subject.photos[0] as string));
  return data ? `${data.classify.label} ${data.classify.confidence.toFixed(3)}` : `${errors?.[0]?.message}`;
}
