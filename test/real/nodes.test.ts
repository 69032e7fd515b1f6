// Facts about versions of Node other than the one that runs the tests: the program is built by each, and works under it.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runCliIn } from '../cli/run-cli.ts';
import { type GatewayProcess, ROOT, startGatewayWith } from '../support/gateway-process.ts';
import { classify } from '../support/graphql-client.ts';
import { itNeeds } from '../support/require-part.ts';
import { tfjsNode } from '../worker/engine/parts.ts';
import { nodeBinary } from './node-version.ts';

/** The oldest that package.json allows, and the two lines after it. */
const VERSIONS = ['20.19.0', '22.23.5', '24.22.3'];

const CAT = join(ROOT, 'test/fixtures/photos/cat-kitten.jpg');
const DOG = join(ROOT, 'test/fixtures/photos/dog-black.jpg');
const NOT_SOURCES = ['.git', 'node_modules', 'dist', 'test'].map((name) => join(ROOT, name));
const run = promisify(execFile);
const realTfjsNode = await tfjsNode();

describe.each(VERSIONS)('under Node %s', (version) => {
  let node: string;
  beforeAll(async () => {
    node = await nodeBinary(version);
  });

  const labelsWith = async (engine: string) => {
    const { status, stdout, stderr } = await runCliIn({ node }, 'classify', '--json', '--engine', engine, CAT, DOG);
    // Not a warning either.
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(labels(stdout)).toEqual(['cat', 'dog']);
  };

  it('that version runs', async () => {
    expect((await run(node, ['--version'])).stdout).toBe(`v${version}\n`);
  });

  it('the command line labels photos by onnx', () => labelsWith('onnx'));
  it('the command line labels photos by tfjs-wasm', () => labelsWith('tfjs-wasm'));
  itNeeds(realTfjsNode, 'the command line labels photos by tfjs-node', () => labelsWith('tfjs-node'));

  it('the build makes a program that labels photos', async () => {
    const copy = await temporaryFolder();
    await cp(ROOT, copy, { recursive: true, filter: (source) => !NOT_SOURCES.includes(source) });
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
    await run('npm', ['run', 'build'], { cwd: copy, env });
    const { stdout } = await run(node, [join(copy, 'dist/main.cjs'), 'classify', '--json', CAT, DOG]);
    expect(labels(stdout)).toEqual(['cat', 'dog']);
  });

  describe('the gateway', () => {
    let gateway: GatewayProcess;
    beforeAll(async () => {
      gateway = await startGatewayWith(node, '--max-workers', '1');
    });
    afterAll(() => gateway.stop());

    it('labels an uploaded photo', async () => {
      const { data, errors } = await classify(gateway.url, await readFile(CAT));
      expect(errors).toBeUndefined();
      expect(data?.classify.label).toBe('cat');
    });

    it('labels the photos of a batch, which it is sent and asked for over the command line', async () => {
      const env = { XDG_STATE_HOME: await temporaryFolder() };
      const flags = ['--url', gateway.url, '--format', 'jsonl', '--quiet'];
      const { status, stdout, stderr } = await runCliIn({ node, env }, 'batch', CAT, DOG, ...flags);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(labels(stdout)).toEqual(['cat', 'dog']);
    });

    it('shows its page', async () => {
      const response = await fetch(gateway.url);
      expect(response.status).toBe(200);
      expect(await response.text()).toMatch(/^<!doctype html>/i);
    });

    it('ends with 0 after SIGTERM', async () => {
      const another = await startGatewayWith(node, '--max-workers', '1');
      expect(await another.stop()).toBe(0);
    });
  });
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'warmpool-node-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function labels(jsonLines: string): readonly string[] {
  return jsonLines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).label);
}
