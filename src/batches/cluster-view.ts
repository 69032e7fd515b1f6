/** Who else is there: the gateways that share one store. */
export interface ClusterNode {
  /** Made anew at each start. */
  readonly id: string;
  /** Where it listens, or its host name. */
  readonly address: string;
  /** Of its pool, when it was last seen; null if it did not say. */
  readonly workers: number | null;
  /** Ms since the epoch, by its own clock. */
  readonly seenAt: number;
}

export interface ClusterView {
  /** Gateways that were heard of a moment ago, this one included, by id. */
  nodes(): Promise<readonly ClusterNode[]>;
}
