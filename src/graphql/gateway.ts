/** What the outer layers (GraphQL, the command line) are given: the models and the pool that serves them. */
import type { Batches } from '../batches/batches.ts';
import type { ClusterView } from '../batches/cluster-view.ts';
import type { EngineName } from '../core/contracts/engines.ts';
import type { ModelVersion } from '../models/manifest.ts';
import type { ModelRepository } from '../models/repository.ts';
import type { WarmPool } from '../pool/warm-pool.ts';

export interface Gateway {
  readonly repository: ModelRepository;
  readonly defaultModel: ModelVersion;
  /** Which engine runs a version here. */
  engineOf(version: ModelVersion): EngineName;
  readonly pool: WarmPool;
  readonly maxWorkers: number;
}

/** A gateway that is served. */
export interface ServedGateway extends Gateway {
  readonly batches: Batches;
  /** Null if it is on its own. */
  readonly cluster: ClusterView | null;
}
