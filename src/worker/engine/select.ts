/** Decides which engine runs a model version here, and opens engines by name, loading only the one asked for. */
import { ENGINE_NAMES, type EngineName } from '../../core/contracts/engines.ts';
import type { ModelVersion } from '../../models/manifest.ts';
import { type Engine, EngineUnavailableError } from './engine.ts';

/** Which of the manifest's artifacts each engine reads. */
const ARTIFACT_OF = { onnx: 'onnx', 'tfjs-node': 'tfjs', 'tfjs-wasm': 'tfjs', synthetic: 'synthetic' } as const;

const MAX_REASON = 200;

export interface Selection {
  readonly engine: EngineName;
  /** The faster engines that were not taken, fastest first, and why: one line of at most 200 characters each. */
  readonly skipped: readonly Skipped[];
}

interface Skipped {
  readonly engine: EngineName;
  readonly why: string;
}

/** Resolves if the engine works on this machine; rejects with the reason if it does not. */
export type Probe = (engine: EngineName) => Promise<void>;

/** Loads the engine's library into this thread. Rejects if it is missing, or made for another machine. */
export async function openEngine(name: EngineName): Promise<Engine> {
  switch (name) {
    case 'onnx':
      return (await import('./onnx.ts')).openOnnx();
    case 'tfjs-node':
      return (await import('./tfjs-node.ts')).openTfjsNode();
    case 'tfjs-wasm':
      return (await import('./tfjs-wasm.ts')).openTfjsWasm();
    case 'synthetic':
      return (await import('./synthetic.ts')).openSynthetic();
  }
}

/** Really loads the engine. */
export const loadsHere: Probe = async (engine) => void (await openEngine(engine));

/**
 * For each version; each engine is loaded once at the most. To be called in the main thread: tfjs-node is stable in worker threads
 * only when the main thread has loaded it first, so this is also what makes its workers safe. Throws as `selectEngine` does.
 */
export async function selectEngines(
  requested: 'auto' | EngineName,
  versions: readonly ModelVersion[],
): Promise<ReadonlyMap<ModelVersion, Selection>> {
  const probed = new Map<EngineName, Promise<void>>();
  const probe: Probe = (engine) => {
    const known = probed.get(engine) ?? loadsHere(engine);
    probed.set(engine, known);
    return known;
  };
  const selections = new Map<ModelVersion, Selection>();
  for (const version of versions) selections.set(version, await selectEngine(requested, version, probe));
  return selections;
}

/**
 * `auto` takes the fastest engine (in the order of ENGINE_NAMES) that `version` has an artifact for and that loads here.
 * Throws, with what is available instead, if the requested one is not, or if none is.
 */
export async function selectEngine(
  requested: 'auto' | EngineName,
  version: ModelVersion,
  probe: Probe = loadsHere,
): Promise<Selection> {
  const skipped: Skipped[] = [];
  for (const engine of requested === 'auto' ? ENGINE_NAMES : [requested]) {
    const why = await whyNot(engine, version, probe);
    if (why === undefined) return { engine, skipped };
    skipped.push({ engine, why });
  }
  const reasons = skipped.map(({ engine, why }) => `${engine} (${why})`).join(', ');
  if (requested === 'auto') throw new EngineUnavailableError(`no engine can run ${version.key} here: ${reasons}`);
  const others = await selectEngine('auto', version, probe).then(
    ({ engine }) => `use ${engine}`,
    () => 'and no other engine can',
  );
  throw new EngineUnavailableError(`${requested} cannot run ${version.key} here: ${reasons}; ${others}`);
}

async function whyNot(engine: EngineName, version: ModelVersion, probe: Probe): Promise<string | undefined> {
  const artifact = ARTIFACT_OF[engine];
  if (!version.artifacts[artifact]) return `no ${artifact} artifact`;
  try {
    await probe(engine);
    return undefined;
  } catch (error) {
    const [firstLine = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return firstLine.slice(0, MAX_REASON);
  }
}
