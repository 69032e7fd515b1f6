// Facts about thumbnails: a few at a time, only for what can be seen, and released when there are too many.
import { describe, expect, it } from 'vitest';
import { MOST_KEPT, Thumbnails } from '../../../src/web/batch/thumbnails.ts';
import { type Deferred, deferred, settled } from '../deferred.ts';

function setUp() {
  const asked: string[] = [];
  const answers = new Map<string, Deferred<string | null>>();
  const released: string[] = [];
  const thumbnails = new Thumbnails<string>({
    shrink: ({ name }) => {
      asked.push(name);
      const answer = deferred<string | null>();
      answers.set(name, answer);
      return answer.promise;
    },
    release: (bitmap) => released.push(bitmap),
  });
  const shown: (string | null)[] = [];
  const request = (file: File) => thumbnails.request(file, (bitmap) => shown.push(bitmap));
  async function answer(name: string, bitmap: string | null = `small ${name}`): Promise<void> {
    answers.get(name)?.resolve(bitmap);
    await settled();
  }
  return { thumbnails, asked, released, shown, request, answer };
}

function file(name: string | number): File {
  return new File([], String(name));
}

describe('Thumbnails', () => {
  it('makes two at a time, in the order of the requests', async () => {
    const { request, asked, answer, shown } = setUp();
    for (const name of ['a', 'b', 'c']) request(file(name));
    await settled();
    expect(asked).toEqual(['a', 'b']);
    await answer('b');
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(shown).toEqual(['small b']);
  });

  it('does not make those that are called off before their turn, nor show those that are too late', async () => {
    const { request, asked, answer, shown } = setUp();
    const [first, , , last] = ['a', 'b', 'c', 'd'].map((name) => request(file(name)));
    await settled();
    first?.();
    last?.();
    await answer('a');
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(shown).toEqual([]);
  });

  it('keeps what it made, so that scrolling back shows it at once', async () => {
    const { request, asked, answer, shown } = setUp();
    const photo = file('a');
    const callOff = request(photo);
    await settled();
    callOff();
    await answer('a');
    request(photo);
    expect(shown).toEqual(['small a']);
    expect(asked).toEqual(['a']);
  });

  it('tells of a file that is no picture, and asks no second time', async () => {
    const { request, asked, answer, shown } = setUp();
    const text = file('a');
    request(text);
    await settled();
    await answer('a', null);
    request(text);
    expect(shown).toEqual([null, null]);
    expect(asked).toEqual(['a']);
  });

  it('releases the one that was not used for longest when there are too many', async () => {
    const { request, answer, released } = setUp();
    const photos = Array.from({ length: MOST_KEPT }, (_, index) => file(index));
    for (const photo of photos) {
      request(photo);
      await settled();
      await answer(photo.name);
    }
    request(photos[0] as File);
    request(file('new'));
    await settled();
    await answer('new');
    expect(released).toEqual(['small 1']);
  });

  it('releases all when it is cleared, and makes nothing that waited', async () => {
    const { thumbnails, request, asked, answer, released } = setUp();
    for (const name of ['a', 'b', 'c', 'd']) request(file(name));
    await settled();
    await answer('a');
    thumbnails.clear();
    await answer('b');
    expect(released).toEqual(['small a']);
    expect(asked).toEqual(['a', 'b', 'c']);
  });
});
