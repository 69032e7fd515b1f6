/**
 * Puts onnxruntime into the package, in `dist/node_modules`, where `require` finds it. As a dependency it would run its install
 * script, which asks a host that is no npm registry for some hundred megabytes of CUDA libraries, and no package can forbid a
 * dependency's script. The copy leaves out that script and what only GPUs and compilers read.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';

const TARGET = 'dist/node_modules';
/** Windows loads the three DLLs when a session asks for a GPU, and no other; the long name is a second copy of the same library. */
const LEFT_OUT = /\.(map|ts)$|(DirectML|dxcompiler|dxil)\.dll$|libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

const PARTS = { 'onnxruntime-node': ['bin', 'dist'], 'onnxruntime-common': ['dist/cjs'] };

for (const [name, folders] of Object.entries(PARTS)) {
  const from = `node_modules/${name}`;
  const to = `${TARGET}/${name}`;
  for (const part of [...folders, 'README.md']) {
    cpSync(`${from}/${part}`, `${to}/${part}`, { recursive: true, filter: (file) => !LEFT_OUT.test(file) });
  }
  const { version, license, repository, description, main, os } = JSON.parse(
    readFileSync(`${from}/package.json`, 'utf8'),
  );
  if (license !== 'MIT') throw new Error(`${name} is now under ${license}: see what its copy must carry`);
  const manifest = { name, version, license, repository, description, main, os };
  writeFileSync(`${to}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  // Its npm package has no licence file; its sources are "Copyright (c) Microsoft Corporation" under the same licence as ours.
  const ours = readFileSync('LICENSE', 'utf8');
  writeFileSync(`${to}/LICENSE`, ours.replace(/^Copyright .*$/m, 'Copyright (c) Microsoft Corporation'));
}
