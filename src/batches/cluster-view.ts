/** Who else is there: the gateways that share one store. */
export interface ClusterNode {
  /** Made anew at each start. */
  readonly id: string;
  /** Name of its host and the port that it was told to listen on. */
  readonly address: string;
  /** Warm ones of its pool, when it was last heard of. */
  readonly workers: number;
  /** Ms since the epoch, by its own clock. */
  readonly seenAt: number;
}

export interface ClusterView {
  /** Gateways that were heard of a moment ago, this one included, by id. Rejects with OVERLOADED if that cannot be known now. */
  nodes(): Promise<readonly ClusterNode[]>;
}
