// Facts about what is taken from a folder.
import { describe, expect, it } from 'vitest';
import { chosenFolder, readFolder } from '../../../src/web/batch/named-file.ts';

function file(path: string, type = 'image/jpeg'): File {
  const made = new File([], path.split('/').at(-1) ?? '', { type });
  return Object.defineProperty(made, 'webkitRelativePath', { value: path });
}

/** An entry as browsers give it; a folder gives two of its entries at once. */
function entry(path: string, content: FileSystemEntry[] | File | Error): FileSystemEntry {
  if (!Array.isArray(content)) {
    const read = (resolve: (file: File) => void, reject: (error: Error) => void) =>
      content instanceof File ? resolve(content) : reject(content);
    return { isFile: true, isDirectory: false, fullPath: path, file: read } as unknown as FileSystemEntry;
  }
  let at = 0;
  const readEntries = (resolve: (entries: FileSystemEntry[]) => void, reject: (error: Error) => void) => {
    if (path.endsWith('forbidden')) reject(new Error('not allowed'));
    at += 2;
    resolve(content.slice(at - 2, at));
  };
  const createReader = () => ({ readEntries });
  return { isFile: false, isDirectory: true, fullPath: path, createReader } as unknown as FileSystemEntry;
}

describe('a folder that is chosen', () => {
  it('gives its pictures by their paths, numbers in their natural order', () => {
    const { pictures } = chosenFolder([file('a/IMG_10.jpg'), file('a/IMG_9.jpg'), file('a/B/IMG_1.jpg')]);
    expect(pictures.map(({ name }) => name)).toEqual(['a/B/IMG_1.jpg', 'a/IMG_9.jpg', 'a/IMG_10.jpg']);
  });

  it('leaves out, and counts, what is no picture or hidden', () => {
    const files = [file('a/1.jpg'), file('a/notes.txt', 'text/plain'), file('a/._1.jpg'), file('a/.trash/2.jpg')];
    const { pictures, leftOut } = chosenFolder(files);
    expect(pictures.map(({ name }) => name)).toEqual(['a/1.jpg']);
    expect(leftOut).toBe(3);
  });
});

describe('a folder that is dropped', () => {
  it('is read to the end, with the folders in it', async () => {
    const photos = ['1.jpg', '2.jpg', '3.jpg'].map((name) => entry(`/a/${name}`, file(name)));
    const inner = entry('/a/b', [entry('/a/b/4.jpg', file('4.jpg'))]);
    const { pictures, leftOut } = await readFolder([entry('/a', [...photos, inner])]);
    expect(pictures.map(({ name }) => name)).toEqual(['a/1.jpg', 'a/2.jpg', 'a/3.jpg', 'a/b/4.jpg']);
    expect(leftOut).toBe(0);
  });

  it('counts what cannot be read as left out', async () => {
    const content = [entry('/a/1.jpg', file('1.jpg')), entry('/a/2.jpg', new Error('not allowed'))];
    const { pictures, leftOut } = await readFolder([entry('/a', content)]);
    expect([pictures.length, leftOut]).toEqual([1, 1]);
  });

  it('counts a folder in it that cannot be read as left out', async () => {
    const content = [entry('/a/forbidden', []), entry('/a/1.jpg', file('1.jpg'))];
    const { pictures, leftOut } = await readFolder([entry('/a', content)]);
    expect([pictures.length, leftOut]).toEqual([1, 1]);
  });
});
