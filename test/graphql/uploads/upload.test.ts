// Facts about graphql-upload-minimal: what is used of it beyond its types is there, and why its own parser is not used.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { GraphQLUpload } from 'graphql-upload-minimal';
import { describe, expect, it } from 'vitest';
import { ArrivingFile, ExpectedFile } from '../../../src/graphql/uploads/upload.ts';
import { END, operations } from '../../http/raw-http.ts';

describe('a file that is expected', () => {
  it('comes as the resolvers get it', async () => {
    const expected = new ExpectedFile();
    const file = new ArrivingFile('cat.jpg', (async function* () {})());
    expected.resolve(file);
    expect(await GraphQLUpload.parseValue(expected)).toBe(file);
  });

  it('does not come, for a reason', async () => {
    const expected = new ExpectedFile();
    expected.reject(new Error('The client went away.'));
    await expect(GraphQLUpload.parseValue(expected)).rejects.toThrow('The client went away.');
  });
});

/** Parses the form on its standard input with the package's own parser, and says why it is refused. */
const CHILD = `
  import { processRequest } from 'graphql-upload-minimal';
  const headers = { 'content-type': 'multipart/form-data; boundary=a-frontier' };
  const request = Object.assign(process.stdin, { headers });
  processRequest(request, new (await import('node:events')).EventEmitter()).catch(({ message }) => {
    console.log('refused: ' + message);
  });
`;
const headless = '--a-frontier\r\nContent Disposition: form-data\r\n\r\nmeow\r\n';

async function parseInChild(body: string) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', CHILD], { stdio: 'pipe' });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.stdin.on('error', () => {}).end(body);
  const [code, stdout, stderr] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

describe("the package's own parser", () => {
  it('refuses a form without files', async () => {
    const { code, stdout } = await parseInChild(`${operations()}${END}`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^refused: ./) });
  });

  // Once this fails, the reason is gone why the gateway has a parser of its own.
  it('ends the process if parts have no head', async () => {
    const { code, stderr } = await parseInChild(`${operations()}${headless.repeat(2)}${END}`);
    expect(code).toBe(1);
    expect(stderr).toContain('Malformed part header');
  });
});
