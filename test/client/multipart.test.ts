import { expect, it } from 'vitest';
import { classifyBatchHead, classifyHead, uploadForm } from '../../src/client/multipart.ts';

const file = new File([new Uint8Array([1, 2, 3])], 'of no use here', { type: 'image/jpeg' });
const FILES = [
  { name: 'tabby.jpg', file },
  { name: 'folder/two.jpg', file },
];

it('a form has operations, map and the files, in this order', () => {
  expect([...uploadForm(classifyHead(null), FILES).keys()]).toEqual(['operations', 'map', '0', '1']);
});

it('the file of classify is mapped to a variable that is null in the operations', () => {
  const { operations, map } = classifyHead({ model: 'cat-dog@2' });
  expect(JSON.parse(map)).toEqual({ 0: ['variables.image'] });
  expect(JSON.parse(operations).variables).toEqual({ image: null, options: { model: 'cat-dog@2' } });
});

it('each file of a batch is mapped to its place in a list of nulls', () => {
  const { operations, map } = classifyBatchHead(2, 'an-id', { model: 'cat-dog@2' });
  expect(JSON.parse(map)).toEqual({ 0: ['variables.images.0'], 1: ['variables.images.1'] });
  expect(JSON.parse(operations).variables).toEqual({
    images: [null, null],
    clientBatchId: 'an-id',
    options: { model: 'cat-dog@2' },
  });
});

it('a file is sent by its name, with its type', async () => {
  const sent = uploadForm(classifyHead(null), FILES).get('0') as File;
  expect([sent.name, sent.type]).toEqual(['tabby.jpg', 'image/jpeg']);
  expect([...new Uint8Array(await sent.arrayBuffer())]).toEqual([1, 2, 3]);
});
