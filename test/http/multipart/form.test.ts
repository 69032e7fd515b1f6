// Facts about the parts of a form, however they are cut into chunks.
import { describe, expect, it } from 'vitest';
import { Form } from '../../../src/http/multipart/form.ts';
import { END, file, fileHead, map, operations, part } from '../raw-http.ts';

const TYPE = 'multipart/form-data; boundary=a-frontier';
const picture = Buffer.from('meow');

/** Writes these chunks one after the other, each once the one before is parsed, and tells what became of the only file. */
async function read(chunks: readonly Buffer[], type = TYPE): Promise<string> {
  let failure: unknown = null;
  let goOn = () => {};
  const form = new Form(
    { 'content-type': type },
    {
      fieldBytes: 1000,
      maxFiles: 10,
      onMap: () => {},
      onError(reason) {
        failure ??= reason;
        form.fail(reason);
      },
      onReady: () => goOn(),
    },
  );
  const ended = new Promise<void>((resolve) => {
    goOn = () => form.hasEnded && resolve();
  });
  for (const chunk of chunks) {
    form.write(chunk);
    await new Promise(setImmediate);
  }
  form.end();
  try {
    const { variables } = (await form.operation) as { variables: { image: { promise: Promise<never> } } };
    const arrived: { read(): AsyncIterable<Buffer> } = await variables.image.promise;
    const parts: Buffer[] = [];
    for await (const part of arrived.read()) parts.push(part);
    await ended;
    if (failure) throw failure;
    return Buffer.concat(parts).toString();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
}

const splits = (body: Buffer) => Array.from(body, (_, at) => [body.subarray(0, at), body.subarray(at)] as const);

describe('a form', () => {
  const body = Buffer.concat([operations(), map(), file(picture), END]);

  it('is read wherever it is cut', async () => {
    for (const [first, second] of splits(body)) expect(await read([first, second])).toBe('meow');
  });

  it('may be followed by what is no part', async () => {
    expect(await read([body, Buffer.from('\r\npurr')])).toBe('meow');
    expect(await read([Buffer.concat([body, Buffer.from('\r\npurr')])])).toBe('meow');
  });

  it.each([
    ['in quotes', 'multipart/form-data; boundary="a-frontier"'],
    ['behind another parameter', 'multipart/form-data; charset=utf-8; Boundary=a-frontier'],
    ['in front of another parameter', 'multipart/form-data; boundary=a-frontier; charset=utf-8'],
    ['behind a name in capitals', 'Multipart/Form-Data; BOUNDARY=a-frontier'],
  ])('may have its boundary %s', async (_, type) => {
    expect(await read([body], type)).toBe('meow');
  });
});

describe('what stands behind the last boundary', () => {
  it.each([
    ['the file', [operations(), map(), END, file(picture)]],
    ['the file, twice', [operations(), map(), END, file(picture), file(picture)]],
    ['the file, behind another part', [operations(), map(), END, part('purr', ''), file(picture)]],
    ['a file that does not end', [operations(), map(), END, part('purr', ''), fileHead(), picture]],
    ['everything', [END, operations(), map(), file(picture)]],
    ['the map and the file', [operations(), END, map(), file(picture)]],
  ])('is refused, not waited for, wherever it is cut: %s', async (_, parts) => {
    for (const chunks of splits(Buffer.concat(parts))) expect(await read(chunks)).toMatch(/^BAD_USER_INPUT: ./);
  });
});
