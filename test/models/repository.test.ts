import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/core/contracts/errors.ts';
import { ModelRepository, ModelRepositoryError } from '../../src/models/repository.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'warmpool-models-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function put(path: string, content: unknown): Promise<void> {
  const file = join(dir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
}

const manifest = (name: string, version: string) => ({
  name,
  version,
  input: { width: 8, height: 8, layout: 'NHWC', range: [0, 255], resize: 'fill' },
  output: { labels: ['cat', 'dog'], activation: 'none' },
  artifacts: {
    onnx: { path: 'model.onnx', sha256: digest('an onnx file') },
    tfjs: {
      path: 'tfjs/model.json',
      format: 'layers',
      sha256: digest('a topology'),
      weights: { 'tfjs/a.bin': digest('weights a'), 'tfjs/b.bin': digest('weights b') },
    },
  },
});

async function putModel(name: string, versions: string[], aliases: unknown): Promise<void> {
  for (const version of versions) {
    const folder = `${name}/${version}`;
    await put(`${folder}/manifest.json`, manifest(name, version));
    await put(`${folder}/model.onnx`, 'an onnx file');
    await put(`${folder}/tfjs/model.json`, 'a topology');
    await put(`${folder}/tfjs/a.bin`, 'weights a');
    await put(`${folder}/tfjs/b.bin`, 'weights b');
  }
  await put(`${name}/aliases.json`, aliases);
}

/** The message with which opening the folder is refused. */
async function refusal(): Promise<string> {
  const error = await ModelRepository.open(dir).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelRepositoryError);
  return (error as Error).message.replaceAll(dir, '<dir>');
}

describe('a repository that is right', () => {
  it('lists versions by name, then in natural order', async () => {
    await putModel('zebra', ['1'], { prod: '1' });
    await putModel('cat-dog', ['10', '9', '1.10', '1.9'], { prod: '10' });
    const repository = await ModelRepository.open(dir);
    expect(repository.versions.map(({ key }) => key)).toEqual([
      'cat-dog@1.9',
      'cat-dog@1.10',
      'cat-dog@9',
      'cat-dog@10',
      'zebra@1',
    ]);
  });

  it('gives each version its absolute folder, and the defaults of its manifest', async () => {
    await putModel('cat-dog', ['1'], { prod: '1' });
    const [version] = (await ModelRepository.open(dir)).versions;
    expect(version).toMatchObject({ dir: join(dir, 'cat-dog/1'), input: { mean: [0, 0, 0], std: [1, 1, 1] } });
  });

  it('resolves a name, an alias and a version', async () => {
    await putModel('cat-dog', ['1', '2'], { prod: '1', canary: '2', next: '2' });
    const repository = await ModelRepository.open(dir);
    expect(repository.resolve('cat-dog').key).toBe('cat-dog@1');
    expect(repository.resolve('cat-dog@canary').key).toBe('cat-dog@2');
    expect(repository.resolve('cat-dog@2').key).toBe('cat-dog@2');
    expect(repository.versions.map((version) => repository.aliasesOf(version))).toEqual([['prod'], ['canary', 'next']]);
  });

  it('may hold other files, hidden folders and links to folders', async () => {
    await putModel('cat-dog', ['1'], { prod: '1' });
    await put('README.md', 'about these models');
    await put('cat-dog/notes.txt', 'about this model');
    await rename(join(dir, 'cat-dog/1'), join(dir, '.store'));
    await symlink(join(dir, '.store'), join(dir, 'cat-dog/1'));
    expect((await ModelRepository.open(dir)).versions.map(({ key }) => key)).toEqual(['cat-dog@1']);
  });
});

describe('a reference to nothing', () => {
  const notFound = async (reference: string) => {
    const repository = await ModelRepository.open(dir);
    try {
      return repository.resolve(reference).key;
    } catch (error) {
      expect(error).toBeInstanceOf(GatewayError);
      expect((error as GatewayError).code).toBe('MODEL_NOT_FOUND');
      return (error as GatewayError).message;
    }
  };

  it('is quoted, with what there is', async () => {
    await putModel('cat-dog', ['1'], { prod: '1' });
    expect(await notFound('cat-dog@3')).toBe(
      'there is no model "cat-dog@3"; there are cat-dog, cat-dog@1, cat-dog@prod',
    );
  });

  it('is a name alone if the model has no alias "prod"', async () => {
    await putModel('cat-dog', ['1'], {});
    expect(await notFound('cat-dog')).toBe('there is no model "cat-dog"; there are cat-dog@1');
  });

  it.each(['', '@', 'cat-dog@', '@prod', 'cat-dog@prod@1', '__proto__', 'constructor'])(
    'can be %j',
    async (reference) => {
      await putModel('cat-dog', ['1'], { prod: '1' });
      expect(await notFound(reference)).toContain(`there is no model ${JSON.stringify(reference)};`);
    },
  );

  it('is cut to 100 characters, and the list to 300', async () => {
    await putModel('cat-dog', ['1'], Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`alias-${i}`, '1'])));
    const message = await notFound(`evil\n${'x'.repeat(5000)}`);
    expect(message).toContain(`"evil\\n${'x'.repeat(94)}…"`);
    expect(message).toMatch(/…$/);
    expect(message.length).toBeLessThan(450);
  });
});

describe('a repository is refused', () => {
  it('if there is no such folder', async () => {
    await expect(ModelRepository.open(join(dir, 'nowhere'))).rejects.toThrow(
      `${join(dir, 'nowhere')} cannot be read as a folder of models (ENOENT)`,
    );
  });

  it('if a link leads nowhere', async () => {
    await symlink(join(dir, 'nowhere'), join(dir, 'cat-dog'));
    expect(await refusal()).toBe('<dir>/cat-dog cannot be read as a folder of models (ENOENT)');
  });

  it('if it is empty', async () => {
    expect(await refusal()).toBe('<dir> holds no model; a model is a folder <name>/<version>/ with a manifest.json');
  });

  it('if a model has no version', async () => {
    await put('cat-dog/aliases.json', {});
    expect(await refusal()).toContain('<dir>/cat-dog holds no version');
  });

  it.each([
    ['model.onnx', 'an onnx file'],
    ['tfjs/model.json', 'a topology'],
    ['tfjs/b.bin', 'weights b'],
  ])('if %s is not the file of the manifest: both digests are named', async (path, original) => {
    await putModel('cat-dog', ['1'], { prod: '1' });
    await put(`cat-dog/1/${path}`, 'tampered with');
    expect(await refusal()).toBe(
      `<dir>/cat-dog/1/${path} is not the file that <dir>/cat-dog/1/manifest.json names: ` +
        `SHA-256 ${digest(original)} expected, ${digest('tampered with')} found`,
    );
  });

  it('if an artifact is missing', async () => {
    await putModel('cat-dog', ['1'], { prod: '1' });
    await rm(join(dir, 'cat-dog/1/tfjs/a.bin'));
    expect(await refusal()).toBe(
      '<dir>/cat-dog/1/tfjs/a.bin cannot be read (ENOENT), but <dir>/cat-dog/1/manifest.json names it',
    );
  });

  it('if a manifest is missing', async () => {
    await putModel('cat-dog', ['1'], { prod: '1' });
    await rm(join(dir, 'cat-dog/1/manifest.json'));
    expect(await refusal()).toMatch(
      /^<dir>\/cat-dog\/1\/manifest\.json cannot be read \(ENOENT\); each version folder/,
    );
  });

  it('if aliases.json is missing, with an example of what would be right', async () => {
    await putModel('cat-dog', ['1', '2'], {});
    await rm(join(dir, 'cat-dog/aliases.json'));
    expect(await refusal()).toBe(
      '<dir>/cat-dog/aliases.json cannot be read (ENOENT); each model needs one, such as {"prod": "2"}',
    );
  });

  it('if a file is not JSON', async () => {
    await putModel('cat-dog', ['1'], '{ prod: 1 }');
    expect(await refusal()).toMatch(/^<dir>\/cat-dog\/aliases\.json is not JSON: .*such as \{"prod": "1"\}$/);
  });

  it.each([
    [{ name: 'dog-cat' }, 'name is "dog-cat", but its folder says "cat-dog"'],
    [{ version: '2' }, 'version is "2", but its folder says "1"'],
    [{ output: { labels: [], activation: 'none' } }, 'output.labels is [], expected array to have >=1 items'],
    [{ output: { labels: ['cat'] } }, 'output.activation is missing, expected one of "none"|"softmax"|"sigmoid"'],
    [{ labels: ['cat'] }, 'the file has "labels", which has no meaning there'],
    [{ artifacts: {} }, 'artifacts is {}, expected at least one artifact'],
    [
      { artifacts: { onnx: { path: '../model.onnx', sha256: digest('') } } },
      'artifacts.onnx.path is "../model.onnx", expected a path inside the version folder',
    ],
    [
      { artifacts: { onnx: { path: 'model.onnx', sha256: 'E3B0' } } },
      'artifacts.onnx.sha256 is "E3B0", expected a SHA-256 digest in lower-case hexadecimal',
    ],
  ])('if the manifest says %j', async (wrong, complaint) => {
    await putModel('cat-dog', ['1'], { prod: '1' });
    await put('cat-dog/1/manifest.json', { ...manifest('cat-dog', '1'), ...wrong });
    expect(await refusal()).toBe(`<dir>/cat-dog/1/manifest.json: ${complaint}`);
  });

  it.each([
    [{ prod: '3' }, 'the alias "prod" points to version "3"; there are 1, 2'],
    [{ 2: '1' }, 'the alias "2" is also a version; cat-dog@2 would mean both'],
    [{ prod: 1 }, 'prod is 1, expected string, received number'],
    [{ 'a@b': '1' }, 'a@b'],
  ])('if the aliases are %j', async (aliases, complaint) => {
    await putModel('cat-dog', ['1', '2'], aliases);
    expect(await refusal()).toContain(`<dir>/cat-dog/aliases.json: ${complaint}`);
  });
});
