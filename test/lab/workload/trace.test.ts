import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrace } from '../../../src/lab/workload/trace.ts';
import { WorkloadError } from '../../../src/lab/workload/workload.ts';
import { itNeeds } from '../../support/require-part.ts';
import { azureTrace } from '../../support/shared.ts';

const EXPECTED =
  'expected a number of seconds, not of ms (12.5), or a date and time (2023-11-16 18:15:46.68) in the first column, ' +
  'or a line of an access log in the common or combined format';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warmpool-trace-'));
  path = join(folder, 'trace.txt');
});
afterAll(() => rm(folder, { recursive: true }));

async function arrivalsOf(text: string | Uint8Array): Promise<number[]> {
  await writeFile(path, text);
  return [...(await readTrace(path)).arrivals()];
}

async function refusal(text: string | Uint8Array): Promise<string> {
  const error = await arrivalsOf(text).then(
    (times) => new Error(`taken for ${times}`),
    (error: unknown) => error,
  );
  if (!(error instanceof WorkloadError)) throw error;
  return error.message.replace(path, 'FILE');
}

/** A line of an access log, `HH:MM:SS` given. */
function hit(clock: string, request = 'GET / HTTP/1.1'): string {
  return `127.0.0.1 - - [10/Oct/2000:${clock} -0700] "${request}" 200 2326`;
}

describe('a trace of numbers', () => {
  it('has seconds, and starts at its first', async () => {
    expect(await arrivalsOf('10\n10.5\n12\n')).toEqual([0, 500, 2_000]);
  });

  it('may come in any notation of numbers', async () => {
    expect(await arrivalsOf('-1\n0\n+.5\n2.\n2.5e0\n1.8E+01\n')).toEqual([0, 1_000, 1_500, 3_000, 3_500, 19_000]);
  });

  it('may be a clock that counts from 1970', async () => {
    const [, second = 0] = await arrivalsOf('1700158546.680590\n1700158550.995169\n');
    expect(second).toBeCloseTo(4_314.579, 2);
  });

  it('may be the first column of a CSV file, with a header or without', async () => {
    expect(await arrivalsOf('arrival,tokens\n1,7\n3,7\n')).toEqual([0, 2_000]);
    expect(await arrivalsOf('1,7\n3,7\n')).toEqual([0, 2_000]);
    expect(await arrivalsOf('"arrival"\n"1"\n"3"\n')).toEqual([0, 2_000]);
  });

  it('keeps every time of a list that ascends', async () => {
    const seconds = fc.uniqueArray(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
    const property = fc.asyncProperty(seconds, async (list) => {
      const ascending = list.map((value) => Math.round(value * 1e6) / 1e6).sort((a, b) => a - b);
      fc.pre(new Set(ascending).size === ascending.length);
      const times = await arrivalsOf(ascending.join('\n'));
      const expected = ascending.map((value) => (value - (ascending[0] ?? 0)) * 1_000);
      for (const [i, at] of times.entries()) expect(at).toBeCloseTo(expected[i] ?? Number.NaN, 5);
      expect(times).toHaveLength(list.length);
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

describe('a trace of dates and times', () => {
  it('has up to nine digits of a second', async () => {
    const times = await arrivalsOf('2023-11-16 18:15:46.6805900\n2023-11-16 18:15:50.9951690\n2023-11-16 18:15:51\n');
    expect(times[1]).toBeCloseTo(4_314.579, 6);
    expect(times[2]).toBeCloseTo(4_319.41, 6);
    expect(await arrivalsOf('2023-11-16 18:15:46.5\n2023-11-16 18:15:46.750000000')).toEqual([0, 250]);
  });

  it('keeps apart times that are 100 ns apart', async () => {
    const times = await arrivalsOf('2023-11-16 18:15:46.9999999\n2023-11-16 18:15:47\n2023-11-16 18:15:47.0000001\n');
    expect(times[1]).toBeCloseTo(0.0001, 9);
    expect(times[2]).toBeCloseTo(0.0002, 9);
  });

  it('is in UTC if it does not say otherwise', async () => {
    const lines = [
      '2023-11-16T18:00:00Z',
      '2023-11-16 18:00:01',
      '2023-11-16t18:00:02z',
      '2023-11-16T20:00:03+02:00',
      '2023-11-16T11:00:04.000-0700',
      '2023-11-16 23:30:05+05:30',
      '2023-11-16 19:00:06+01',
    ];
    expect(await arrivalsOf(lines.join('\n'))).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000]);
  });

  it('runs on over the ends of days, months and leap years', async () => {
    const lines = '2024-02-28 23:59:59\n2024-02-29 00:00:00\n2024-03-01 00:00:00\n';
    expect(await arrivalsOf(lines)).toEqual([0, 1_000, 86_401_000]);
  });

  it('may be the first column of a CSV file, with a header or without, quoted or not', async () => {
    const lines = '2023-11-16 18:15:46,374,44\n"2023-11-16 18:15:47" ,396,109\n';
    expect(await arrivalsOf(`TIMESTAMP,ContextTokens,GeneratedTokens\n${lines}`)).toEqual([0, 1_000]);
    expect(await arrivalsOf(lines)).toEqual([0, 1_000]);
  });

  itNeeds(azureTrace, 'is one of 19,366 requests to a production service within an hour', async () => {
    const workload = await readTrace(azureTrace.path);
    const times = [...workload.arrivals()];
    expect(times).toHaveLength(19_366);
    expect(times[0]).toBe(0);
    expect(times[1]).toBeCloseTo(4_314.579, 6);
    expect(times.every((at, i) => i === 0 || at >= (times[i - 1] ?? 0))).toBe(true);
    // From 18:15:46.6805900 to 19:14:08.4025270.
    expect(workload.durationMs).toBeCloseTo(3_501_721.937, 6);
  });
});

describe('a trace from an access log', () => {
  it('takes the common and the combined format', async () => {
    const lines = [
      '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326',
      '::1 - Frank N. Stein [10/Oct/2000:22:55:37 +0200] "GET /a?q=\\"x\\" HTTP/1.0" 304 - "http://a.example/" "Mozilla (X; [Y])"',
      'host.example - - [10/Oct/2000:20:55:39 +0000] "-" 408 0 "-" "-"',
      'www.example:80 10.0.0.1 - - [10/Oct/2000:20:55:40 +0000] "\\x16\\x03\\x01" 400 226 "-" "-"',
    ];
    expect(await arrivalsOf(lines.join('\n'))).toEqual([0, 1_000, 3_000, 4_000]);
  });

  it('spreads the arrivals of one second evenly over it, equal lines too', async () => {
    const lines = [
      hit('13:55:36'),
      hit('13:55:36'),
      hit('13:55:37'),
      hit('13:55:38'),
      hit('13:55:38', 'GET /a HTTP/1.1'),
    ];
    expect(await arrivalsOf([...lines, hit('13:55:38')].join('\n'))).toEqual([
      0,
      500,
      1_000,
      2_000,
      2_000 + 1_000 / 3,
      2_000 + 2_000 / 3,
    ]);
  });

  it('is put in order where lines are up to a minute late', async () => {
    const lines = [hit('13:56:00'), hit('13:55:00'), hit('13:56:01'), hit('13:55:30')];
    expect(await arrivalsOf(lines.join('\n'))).toEqual([0, 30_000, 60_000, 61_000]);
  });

  it('is refused where lines are later than that, from the latest before them', async () => {
    const lines = [hit('13:56:00'), hit('13:55:30'), hit('13:54:59')];
    expect(await refusal(lines.join('\n'))).toBe(
      `trace FILE, line 3: ${JSON.stringify(hit('13:54:59'))} is at "10/Oct/2000:13:54:59 -0700", 61 s before ` +
        '"10/Oct/2000:13:56:00 -0700" of line 1; up to 60 s are put in order, for more sort the lines by time',
    );
  });

  it('ascends and keeps every second, whatever the order within a minute', async () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 60 });
    const property = fc.asyncProperty(seconds, async (list) => {
      const times = await arrivalsOf(list.map((second) => hit(`13:55:${String(second).padStart(2, '0')}`)).join('\n'));
      const first = Math.min(...list);
      expect(times.map((at) => Math.floor(at / 1_000) + first)).toEqual([...list].sort((a, b) => a - b));
      expect(times.every((at, i) => i === 0 || at > (times[i - 1] ?? 0))).toBe(true);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('has no header: a broken first line is not taken for one', async () => {
    const broken = 'host.example - - [10/Okt/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 2326';
    expect(await refusal(`${broken}\n${hit('13:55:37')}`)).toBe(
      `trace FILE, line 1: ${JSON.stringify(broken)} is no line of an access log, as the next one is; mend or remove it`,
    );
  });
});

describe('a trace of any form', () => {
  it.each([
    ['carriage returns', '1\r\n2\r\n'],
    ['a byte order mark', '\uFEFF1\n2\n'],
    ['a byte order mark and a header', '\uFEFFtime\n1\n2\n'],
    ['blank lines at the end', '1\n2\n\n \n\r\n\n'],
    ['no line end at the end', '1\n2'],
    ['blanks around the numbers', ' 1 \n\t2\t\n'],
  ])('may have %s', async (_, text) => {
    expect(await arrivalsOf(text)).toEqual([0, 1_000]);
  });

  it('may have a single arrival', async () => {
    expect(await arrivalsOf('17')).toEqual([0]);
    expect((await readTrace(path)).durationMs).toBe(0);
  });

  it('is an open workload under the name of its file, which gives its times again and again', async () => {
    await writeFile(path, '1\n2\n4\n');
    const workload = await readTrace(path);
    expect(workload).toMatchObject({ kind: 'open', name: `trace:${path}`, durationMs: 3_000 });
    expect([...workload.arrivals()]).toEqual([...workload.arrivals()]);
  });

  it('may be larger than what is read of it at once', async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i / 10},${'x'.repeat(i % 50)}é`);
    const times = await arrivalsOf(lines.join('\r\n'));
    expect(times).toHaveLength(50_000);
    for (const [i, at] of times.entries()) expect(Math.abs(at - i * 100)).toBeLessThan(1e-6);
  });

  it('may have requests at one time whose lines differ', async () => {
    expect(await arrivalsOf('1,7\n1,8\n1,7\n')).toEqual([0, 0, 0]);
    expect(await arrivalsOf('2023-11-16 18:15:46,a\n2023-11-16 18:15:46,b\n')).toEqual([0, 0]);
  });
});

describe('a trace is refused, with the line and the value,', () => {
  it.each([
    ['no time', '1\nabc\n', `line 2: "abc" tells no time; ${EXPECTED}`],
    ['no time in the first column', '1,7\nabc,8\n', `line 2: "abc,8" has "abc" for a time; ${EXPECTED}`],
    ['an empty first column', '1,7\n,8\n', `line 2: ",8" has "" for a time; ${EXPECTED}`],
    ['no time below a header', 'time\nabc\n', `line 2: "abc" tells no time; ${EXPECTED}`],
    ['a first line that is neither header nor time', '12:30\n13\n', `line 1: "12:30" tells no time; ${EXPECTED}`],
    ['a number of ms since 1970', '1700158546680\n', `line 1: "1700158546680" tells no time; ${EXPECTED}`],
    ['infinity', '1\nInfinity\n', `line 2: "Infinity" tells no time; ${EXPECTED}`],
    ['a number beyond all', '1\n1e999\n', `line 2: "1e999" tells no time; ${EXPECTED}`],
    ['a 13th month', '2023-13-01 00:00:00\n', `line 1: "2023-13-01 00:00:00" tells no time; ${EXPECTED}`],
    ['a 30th of February', '2024-02-30 00:00:00\n', `line 1: "2024-02-30 00:00:00" tells no time; ${EXPECTED}`],
    ['a 24th hour', '2024-02-01 24:00:00\n', `line 1: "2024-02-01 24:00:00" tells no time; ${EXPECTED}`],
    ['a date alone', '2024-02-01\n', `line 1: "2024-02-01" tells no time; ${EXPECTED}`],
    ['a zone that is none', '2024-02-01T00:00:00+25\n', `line 1: "2024-02-01T00:00:00+25" tells no time; ${EXPECTED}`],
    [
      'half a line of an access log',
      hit('13:55:36').slice(0, 47),
      `line 1: ${JSON.stringify(hit('13:55:36').slice(0, 47))} tells no time; ${EXPECTED}`,
    ],
    ['a blank line among others', '1\n\n\n2\n', 'line 2: "" is blank, but lines follow; remove it'],
    [
      'a time before the one before',
      '5\n4.5\n',
      'line 2: "4.5" is at "4.5", before "5" of line 1; sort the lines by time',
    ],
    [
      'dates out of order',
      't,n\n2023-11-16 18:15:46.5,a\n2023-11-16 18:15:46.4999999,b\n',
      'line 3: "2023-11-16 18:15:46.4999999,b" is at "2023-11-16 18:15:46.4999999", before "2023-11-16 18:15:46.5" of line 2; sort the lines by time',
    ],
    [
      'the same line twice',
      '1,7\n2,7\n2,7\n',
      'line 3: "2,7" is at "2", a duplicate of "2" of line 2; remove one of them',
    ],
    [
      'the same number twice',
      '1\n2\n2.0\n',
      'line 3: "2.0" is at "2.0", a duplicate of "2" of line 2; remove one of them',
    ],
    [
      'two forms of time',
      '1\n2023-11-16 18:15:46\n',
      'line 2: "2023-11-16 18:15:46" has a date and time, the lines before have a number of seconds; keep to one of them',
    ],
    [
      'lines of an access log among others',
      `2000-10-10 13:55:36\n${hit('13:55:36')}`,
      `line 2: ${JSON.stringify(hit('13:55:36'))} has a line of a web server's access log, the lines before have a date and time; keep to one of them`,
    ],
  ])('for %s', async (_, text, message) => {
    expect(await refusal(text)).toBe(`trace FILE, ${message}`);
  });

  it.each([
    ['an empty file', ''],
    ['nothing but blank lines', '\n \r\n'],
    ['nothing but a header', 'TIMESTAMP,ContextTokens\n'],
  ])('for %s', async (_, text) => {
    expect(await refusal(text)).toBe(`trace FILE has no arrivals; on each line, ${EXPECTED}`);
  });

  it('for a line without end, of which it quotes the beginning', async () => {
    const message = `trace FILE, line 2: "${'x'.repeat(100)}…" is longer than 65536 characters; ${EXPECTED}`;
    expect(await refusal(`1\n${'x'.repeat(10_000_000)}`)).toBe(message);
    expect(await refusal(`1\n${'x'.repeat(70_000)}\n`)).toBe(message);
  });

  it('for gigabytes without a line end, of which it reads the beginning', async () => {
    await writeFile(path, '');
    await truncate(path, 2 ** 34);
    const message = `trace ${path}, line 1: "${'\\u0000'.repeat(100)}…" is longer than 65536 characters; ${EXPECTED}`;
    await expect(readTrace(path)).rejects.toThrow(new WorkloadError(message));
  });

  it('for bytes that are no text', async () => {
    expect(await refusal(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 10, 13))).toMatch(
      /^trace FILE, line 1: "\uFFFDPNG\\u0000" tells no time;/,
    );
  });

  it.each([
    ['a file that is not there', 'no-such-file', 'ENOENT'],
    ['a folder', '.', 'EISDIR'],
  ])('for %s', async (_, name, code) => {
    const missing = join(folder, name);
    const message = `trace ${missing} cannot be read (${code}); expected a text file with one arrival per line`;
    await expect(readTrace(missing)).rejects.toThrow(new WorkloadError(message));
  });

  it('or taken, but never fails otherwise, whatever it holds', async () => {
    const piece = fc.constantFrom(
      '1',
      '2.5',
      ',',
      '\n',
      '\r\n',
      '"',
      '2023-11-16 18:15:46',
      hit('13:55:36'),
      '[',
      ' ',
      'é',
    );
    const property = fc.asyncProperty(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), async (pieces) => {
      const outcome = await arrivalsOf(pieces.join('')).catch((error: unknown) => error);
      if (outcome instanceof WorkloadError) return;
      const times = outcome as number[];
      expect(times[0]).toBe(0);
      expect(times.every((at, i) => i === 0 || at >= (times[i - 1] ?? 0))).toBe(true);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
