/**
 * A program that ends threads in the middle of their work, again and again: `tsx end-of-threads.ts PICTURE ROUNDS FLAG=VALUE…`.
 * Prints `all ended` if the process is still there afterwards.
 */
import { readFileSync } from 'node:fs';
import { openClassifier } from '../../src/gateway/classifier.ts';
import { loadConfig, SETTINGS } from '../../src/settings/gateway.ts';

const [picture, rounds, ...flags] = process.argv.slice(2) as [string, string, ...string[]];
const given = Object.fromEntries(flags.map((flag) => flag.split('=')));
const config = loadConfig(SETTINGS, { maxWorkers: '2', reserved: '2', logLevel: 'silent', ...given }, {});
const bytes = readFileSync(picture);

for (let round = 0; round < Number(rounds); round++) {
  const { classify, close } = await openClassifier(config);
  // Both threads are warm with the first answers, and have more to do than there is time.
  const first = [classify(bytes), classify(bytes)];
  const others = Array.from({ length: 200 }, () => classify(bytes).catch(() => 'ended'));
  await Promise.all(first);
  // At another place of their work each time.
  await new Promise((resolve) => setTimeout(resolve, (round * 7) % 60));
  await close();
  await Promise.all(others);
}
process.stdout.write('all ended\n');
