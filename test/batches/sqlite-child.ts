/**
 * A process to be killed: uploads a batch of so many items, or just goes on, runs what waits, and says what is done. It runs one
 * item for each line that comes in, so that it is never ahead of whoever kills it.
 */
import { createInterface } from 'node:readline';
import { openSqliteStore } from '../../src/batches/sqlite/sqlite-store.ts';
import { newItems } from '../conformance/new-items.ts';
import { outcomeOf } from '../conformance/outcomes.ts';

const [file = '', task, id = '', count] = process.argv.slice(2);
const turns = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const store = openSqliteStore(file);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (task === 'upload') {
  await store.create({ id, clientBatchId: null, model: 'cat-dog@1', topK: null, createdAt: 0 });
  for (let i = 0; i < Number(count); i++) say(`added ${await store.add(id, newItems([`${i}.jpg`]))}`);
  await store.seal(id);
  say('sealed');
}
let seq = (await store.find(id))?.seq ?? 0;
store.onChange(async () => {
  for (const event of await store.events(id, seq, 100)) {
    seq = event.seq;
    if (event.item) say(`ended ${event.item.index}`);
  }
});
store.process(async (work) => {
  await turns.next();
  return outcomeOf(work);
}, 4);
