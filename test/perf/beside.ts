/**
 * `npm run bench:beside -- FOLDER`: the gateway of this checkout beside that of another one, which is built, in pairs that take turns.
 * Prints the median of the pairs' ratios with their spread: differences of a few per cent are not to be had otherwise.
 *
 * Options: --pairs N (default 11), --seconds N (per measurement, default 4), --clients N (default 8)
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gatewayFlags, WORKERS } from './contenders.ts';
import { measureUnderLoad, warmUp } from './measure.ts';
import { ROOT, startServer } from './server-process.ts';
import { openSubject } from './subject.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '11' },
    seconds: { type: 'string', default: '4' },
    clients: { type: 'string', default: '8' },
  },
});
const [other] = positionals;
if (other === undefined) throw new Error('Say which checkout to compare with: npm run bench:beside -- ../other');

const subject = openSubject(join(ROOT, 'model/cat-dog/1'), []);
const start = async (checkout: string) => {
  const server = await startServer(
    join(checkout, 'dist/main.cjs'),
    ['serve', ...gatewayFlags(subject), '--max-workers', `${WORKERS}`],
    {
      WARMPOOL_DATA_DIR: join(subject.repository, '..', checkout.replaceAll('/', '-')),
    },
  );
  await warmUp(server, subject);
  return server;
};
const [here, there] = [await start(ROOT), await start(resolve(other))];

const FIGURES = ['cpuMsPerRequest', 'requestsPerSecond', 'p50Ms', 'p99Ms'] as const;
const pairs: (readonly [here: number, there: number])[][] = [];
for (let pair = 0; pair < Number(values.pairs); pair++) {
  const measure = (server: typeof here) =>
    measureUnderLoad(server, subject.uploads, Number(values.clients), Number(values.seconds));
  // Who is first changes, for the second one meets a warmer machine.
  const first = pair % 2 === 0 ? await measure(here) : null;
  const theirs = await measure(there);
  const ours = first ?? (await measure(here));
  pairs.push(FIGURES.map((figure) => [ours[figure], theirs[figure]] as const));
}
await Promise.all([here.stop(), there.stop()]);

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
const median = (numbers: readonly number[]) => sorted(numbers)[Math.floor(numbers.length / 2)] ?? Number.NaN;
console.log(
  `${pairs.length} pairs, ${values.clients} clients, ${values.seconds} s each, ${subject.photos.length} photos`,
);
for (const [i, figure] of FIGURES.entries()) {
  const of = pairs.map((pair) => pair[i] as readonly [number, number]);
  const ratios = sorted(of.map(([ours, theirs]) => ours / theirs));
  const range = `${ratios[0]?.toFixed(3)} to ${ratios.at(-1)?.toFixed(3)}`;
  const [ours, theirs] = [median(of.map(([here]) => here)), median(of.map(([, there]) => there))];
  console.log(
    `${figure}: ${ours.toFixed(2)} here, ${theirs.toFixed(2)} there, ratio ${median(ratios).toFixed(3)} (${range})`,
  );
}
