/** What every engine can do. An engine turns one batch of input tensors into the model's raw outputs; nothing else. */
import { UserError } from '../../core/contracts/user-error.ts';
import type { ModelVersion } from '../../models/manifest.ts';

/** No engine, or not the one that was asked for, can run a model version on this machine; the message says why. */
export class EngineUnavailableError extends UserError {}

export interface Engine {
  /** Loads the version's artifact for this engine. Throws if the version has none, or if it is not loadable. */
  load(version: ModelVersion): Promise<LoadedModel>;
}

export interface LoadedModel {
  /**
   * `input`: n pictures one after the other, each width × height × 3 floats in the manifest's layout and range.
   * Returns n × labels floats, before the manifest's activation. The input may be reused once the promise resolves.
   */
  predict(input: Float32Array, n: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}
