// Facts about the table of results.
import { describe, expect, it } from 'vitest';
import { toCsv } from '../../../src/web/batch/csv.ts';
import { done, failed, queued } from './items.ts';

describe('the table of results', () => {
  it('has a row for each photo, whatever became of it', () => {
    expect(toCsv([done(0), failed(1), queued(2)])).toBe(
      [
        '\uFEFFindex,name,status,label,confidence,code,message',
        '0,0.jpg,DONE,cat,0.9,,',
        '1,1.jpg,FAILED,,,BAD_IMAGE,not a picture',
        '2,2.jpg,QUEUED,,,,',
        '',
      ].join('\r\n'),
    );
  });

  it('quotes what would break it', () => {
    const [, row] = toCsv([queued(0, 'a "b",\nc.jpg')]).split('\r\n');
    expect(row).toBe('0,"a ""b"",\nc.jpg",QUEUED,,,,');
  });

  it.each(['=1+1.jpg', '+1.jpg', '-1.jpg', '@home/1.jpg', '\t=1.jpg'])(
    'gives %j as a path, not as a formula',
    (name) => {
      const [, row] = toCsv([queued(0, name)]).split('\r\n');
      expect(row).toBe(`0,./${name},QUEUED,,,,`);
    },
  );
});
