// Facts about what is uploaded.
import { describe, expect, it } from 'vitest';
import { pickedFiles } from '../../../src/web/batch/named-file.ts';
import { batchBody } from '../../../src/web/batch/upload.ts';

describe('the upload of a batch', () => {
  const files = pickedFiles([new File(['1'], 'one.jpg'), new File(['22'], 'two.jpg')]);

  it('has operations, map and the files, in this order', () => {
    const form = batchBody(files, { clientBatchId: 'id', model: undefined });
    expect([...form.keys()]).toEqual(['operations', 'map', '0', '1']);
  });

  it('maps each file to its place in a list of nulls', () => {
    const form = batchBody(files, { clientBatchId: 'id', model: 'cat-dog@2' });
    expect(JSON.parse(String(form.get('map')))).toEqual({ 0: ['variables.images.0'], 1: ['variables.images.1'] });
    expect(JSON.parse(String(form.get('operations'))).variables).toEqual({
      images: [null, null],
      clientBatchId: 'id',
      options: { model: 'cat-dog@2' },
    });
  });

  it('sends each file by its name, and of a very long path the end', () => {
    const long = `${'folder/'.repeat(160)}photo.jpg`;
    const form = batchBody([...files, { file: new File([], 'photo.jpg'), name: long }], {
      clientBatchId: 'id',
      model: undefined,
    });
    expect((form.get('0') as File).name).toBe('one.jpg');
    const { name } = form.get('2') as File;
    expect(name).toHaveLength(1024);
    expect(name.endsWith('folder/photo.jpg')).toBe(true);
  });
});
