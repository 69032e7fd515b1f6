// Made from schema.graphql by `npm run codegen`.
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A picture, sent as the GraphQL multipart request specification says. */
  Upload: { input: null; output: null; }
};

export type Query = {
  /** The models that this gateway serves, every version and its aliases. */
  readonly models: ReadonlyArray<Model>;
  /** What everybody may know of the pool: a coarse count, for a status line. */
  readonly pool: PoolSummary;
  /** Everything that the scheduler knows. Admin only. */
  readonly poolStats: PoolStats;
  /** By its id or the client's own; null if there is none (any more). */
  readonly batch: Maybe<Batch>;
  /** All batches that are kept, the latest first. Admin only. */
  readonly batches: BatchConnection;
};


export type QueryBatchArgs = {
  id: Scalars['ID']['input'];
};


export type QueryBatchesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

export type Mutation = {
  /** Classifies one picture. */
  readonly classify: Classification;
  /**
   * Takes many pictures at once and answers as soon as all have arrived, in the order of the list; they are classified in the
   * background, from the first one on while the others are still being sent. With a `clientBatchId` that was used before nothing
   * is uploaded a second time: the answer is the batch that has it. Of `options` only `model` and `topK` apply.
   */
  readonly classifyBatch: Batch;
  /** Pictures that wait will not be classified; those that are being classified may finish. */
  readonly cancelBatch: Batch;
  /** Sets how many workers of a model stay warm at all times; applies at once, without a restart. Admin only. */
  readonly provision: PoolStats;
};


export type MutationClassifyArgs = {
  image: Scalars['Upload']['input'];
  options?: InputMaybe<ClassifyOptions>;
};


export type MutationClassifyBatchArgs = {
  images: ReadonlyArray<Scalars['Upload']['input']>;
  clientBatchId?: InputMaybe<Scalars['ID']['input']>;
  options?: InputMaybe<ClassifyOptions>;
};


export type MutationCancelBatchArgs = {
  id: Scalars['ID']['input'];
};


export type MutationProvisionArgs = {
  model: Scalars['String']['input'];
  reserved: Scalars['Int']['input'];
};

export type Subscription = {
  /**
   * How a batch fills up, over WebSocket (graphql-ws, `/graphql`) or Server-Sent Events (graphql-sse, `/graphql/stream`). First
   * a snapshot, then every event; ends with the batch. `after`: instead of the snapshot, the events that follow this `seq`.
   * Who reads too slowly gets a snapshot in place of the events that it missed.
   */
  readonly batchProgress: BatchProgress;
};


export type SubscriptionBatchProgressArgs = {
  id: Scalars['ID']['input'];
  after?: InputMaybe<Scalars['Int']['input']>;
};

export type ClassifyOptions = {
  /** `name`, `name@alias` or `name@version`; `name` alone is `name@prod`. Default: the gateway's default model. */
  readonly model?: InputMaybe<Scalars['String']['input']>;
  /** How many scores to return, best first. Default: all. */
  readonly topK?: InputMaybe<Scalars['Int']['input']>;
  /** Longest time from the complete upload to the answer, in ms; then it fails with DEADLINE_EXCEEDED. Default: none. */
  readonly deadlineMs?: InputMaybe<Scalars['Int']['input']>;
  /** INTERACTIVE requests go first; BULK ones keep a guaranteed share. Default: INTERACTIVE. */
  readonly priority?: InputMaybe<Priority>;
};

export type Priority =
  | 'INTERACTIVE'
  | 'BULK';

export type Classification = {
  /** The most probable label. */
  readonly label: Scalars['String']['output'];
  /** Its probability, 0 to 1. */
  readonly confidence: Scalars['Float']['output'];
  /** Labels and probabilities, best first. */
  readonly scores: ReadonlyArray<Score>;
  /** The model version that answered, `name@version`. */
  readonly model: Scalars['String']['output'];
  readonly receipt: Receipt;
};

export type Score = {
  readonly label: Scalars['String']['output'];
  readonly confidence: Scalars['Float']['output'];
};

/** Where the time of one request went, and why. */
export type Receipt = {
  readonly requestId: Scalars['ID']['output'];
  /** Kind of the worker that answered. */
  readonly worker: WorkerKind;
  readonly workerId: Scalars['Int']['output'];
  /** True if the request waited for a worker that was not warm when it arrived. */
  readonly coldStart: Scalars['Boolean']['output'];
  /** True if the request was bound to a worker before that was warm, as only the policy `spill` does. */
  readonly spilled: Scalars['Boolean']['output'];
  /** How the request came to its worker, in words. */
  readonly reason: Scalars['String']['output'];
  /** Requests that were inferred together with this one, itself included. */
  readonly batchSize: Scalars['Int']['output'];
  /** From the complete upload to the start of execution, in ms. */
  readonly queueMs: Scalars['Float']['output'];
  /** Bytes to pixels, in ms. */
  readonly decodeMs: Scalars['Float']['output'];
  /** Pixels to probabilities, in ms. */
  readonly inferMs: Scalars['Float']['output'];
  /** From the complete upload to the answer, in ms. */
  readonly totalMs: Scalars['Float']['output'];
  /** The queue time that the scheduler foretold on arrival, in ms. */
  readonly predictedWaitMs: Scalars['Float']['output'];
};

export type WorkerKind =
  /** Always warm. */
  | 'RESERVED'
  /** Started under load, stopped after its keep-alive. */
  | 'ON_DEMAND';

export type Model = {
  readonly name: Scalars['String']['output'];
  readonly version: Scalars['String']['output'];
  /** Aliases that point to this version. */
  readonly aliases: ReadonlyArray<Scalars['String']['output']>;
  readonly labels: ReadonlyArray<Scalars['String']['output']>;
  /** Engine that runs it here: onnx, tfjs-node, tfjs-wasm or synthetic. */
  readonly engine: Scalars['String']['output'];
  /** True if `classify` takes this version when no model is named. */
  readonly default: Scalars['Boolean']['output'];
};

/** Warm workers, by kind; those that start or stop are not counted. */
export type PoolSummary = {
  readonly reserved: Scalars['Int']['output'];
  readonly reservedBusy: Scalars['Int']['output'];
  readonly onDemand: Scalars['Int']['output'];
  readonly onDemandBusy: Scalars['Int']['output'];
  /** Requests that wait. */
  readonly queued: Scalars['Int']['output'];
};

export type PoolStats = {
  readonly summary: PoolSummary;
  readonly maxWorkers: Scalars['Int']['output'];
  readonly workers: ReadonlyArray<Worker>;
  readonly models: ReadonlyArray<ModelStats>;
  readonly counters: PoolCounters;
  readonly workerTime: WorkerTime;
  /** How long requests have waited for want of an idle worker, in ms since the start. Averages hide such moments. */
  readonly saturatedMs: Scalars['Float']['output'];
  /** By how much the predicted waits of the last 512 requests were wrong. */
  readonly waitError: WaitError;
  /** Resident set size of the process, in bytes. */
  readonly memoryBytes: Scalars['Float']['output'];
  /** Age of the process, in ms. */
  readonly uptimeMs: Scalars['Float']['output'];
  /**
   * The gateways that share their batches in one Redis. Null if this one keeps its batches to itself; null with an error,
   * OVERLOADED, while that Redis cannot be reached.
   */
  readonly cluster: Maybe<Cluster>;
};

/** Gateways that share their batches. */
export type Cluster = {
  /** Those that were heard of a moment ago, this one included, by id. Who dies is gone after a `--stall-interval`. */
  readonly nodes: ReadonlyArray<ClusterNode>;
};

export type ClusterNode = {
  /** Made anew at each start. */
  readonly id: Scalars['ID']['output'];
  /** Name of its host, and the port that it was told to listen on. */
  readonly address: Scalars['String']['output'];
  /** Warm workers of its pool when it was last heard of; those that start or stop are not counted. */
  readonly workers: Scalars['Int']['output'];
  /** When it was last heard of, by its own clock. ISO 8601. */
  readonly seenAt: Scalars['String']['output'];
};

export type Worker = {
  readonly id: Scalars['Int']['output'];
  readonly kind: WorkerKind;
  readonly model: Scalars['String']['output'];
  readonly state: WorkerState;
  /** Dispatches finished. */
  readonly served: Scalars['Int']['output'];
  /** How its cold start went; null while it lasts. */
  readonly coldStart: Maybe<ColdStart>;
};

export type WorkerState =
  | 'STARTING'
  | 'IDLE'
  | 'BUSY'
  | 'STOPPING';

/** The phases of a cold start, in ms. */
export type ColdStart = {
  /** From the decision to the first line of the worker's code. */
  readonly thread: Scalars['Float']['output'];
  /** Loading the engine and the image decoder. */
  readonly runtime: Scalars['Float']['output'];
  /** Loading the model. */
  readonly model: Scalars['Float']['output'];
  /** The first decode and inference. */
  readonly warmUp: Scalars['Float']['output'];
  readonly total: Scalars['Float']['output'];
};

export type ModelStats = {
  readonly model: Scalars['String']['output'];
  /** Workers that are to be always warm. */
  readonly reserved: Scalars['Int']['output'];
  readonly queued: Scalars['Int']['output'];
  /** Estimates that the scheduler decides with, in ms. */
  readonly serviceMs: Scalars['Float']['output'];
  readonly coldStartMs: Scalars['Float']['output'];
  /** How much slower a worker is while another one starts: 0.2 is 20 %. */
  readonly startSlowdown: Scalars['Float']['output'];
};

/** Where the time of the workers went, since the start. */
export type WorkerTime = {
  readonly reserved: KindTime;
  readonly onDemand: KindTime;
};

/** In ms, all workers of a kind together. */
export type KindTime = {
  readonly startingMs: Scalars['Float']['output'];
  readonly idleMs: Scalars['Float']['output'];
  readonly busyMs: Scalars['Float']['output'];
};

export type WaitError = {
  readonly p50Ms: Scalars['Float']['output'];
  readonly p95Ms: Scalars['Float']['output'];
};

/** Counted since the start of the process. */
export type PoolCounters = {
  readonly submitted: Scalars['Int']['output'];
  /** Arrived while no worker of their model was idle. */
  readonly metNoIdleWorker: Scalars['Int']['output'];
  readonly dispatched: Scalars['Int']['output'];
  readonly finished: Scalars['Int']['output'];
  /** Requests that waited for a worker that was not warm when they arrived. */
  readonly coldServed: Scalars['Int']['output'];
  /** Requests that were bound to a worker before it was warm. */
  readonly spilled: Scalars['Int']['output'];
  /** Refused on arrival, or because no worker can be had. */
  readonly rejected: Scalars['Int']['output'];
  /** Waited or ran past their deadline. */
  readonly expired: Scalars['Int']['output'];
  readonly cancelled: Scalars['Int']['output'];
  /** Ran over the time limit, or lost two workers. */
  readonly failed: Scalars['Int']['output'];
  /** Given to a second worker because the first one died. */
  readonly retried: Scalars['Int']['output'];
  readonly workersStarted: Scalars['Int']['output'];
  readonly workersStopped: Scalars['Int']['output'];
  readonly workersDied: Scalars['Int']['output'];
  /** On-demand workers that ended without having shortened any wait. */
  readonly uselessSpawns: Scalars['Int']['output'];
};

/** Many pictures, classified in the background. Whoever knows its id may read it. */
export type Batch = {
  readonly id: Scalars['ID']['output'];
  readonly clientBatchId: Maybe<Scalars['ID']['output']>;
  readonly state: BatchState;
  /** The model version that classifies it, `name@version`. */
  readonly model: Scalars['String']['output'];
  /** ISO 8601. */
  readonly createdAt: Scalars['String']['output'];
  /** Pictures so far; final once the state is no longer ACCEPTING. */
  readonly total: Scalars['Int']['output'];
  readonly done: Scalars['Int']['output'];
  readonly failed: Scalars['Int']['output'];
  readonly cancelled: Scalars['Int']['output'];
  /** Of the latest event, for `batchProgress(after:)`. */
  readonly seq: Scalars['Int']['output'];
  /** In the order of the upload. At most 1000 at once. */
  readonly items: ItemConnection;
};


/** Many pictures, classified in the background. Whoever knows its id may read it. */
export type BatchItemsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  status?: InputMaybe<ItemStatus>;
};

export type BatchState =
  /** Its upload is not complete. */
  | 'ACCEPTING'
  | 'RUNNING'
  /** Every picture is done or has failed. */
  | 'COMPLETED'
  | 'CANCELLED';

export type ItemStatus =
  | 'QUEUED'
  | 'RUNNING'
  | 'DONE'
  | 'FAILED'
  | 'CANCELLED';

export type BatchItem = {
  /** Position in the upload, from 0. */
  readonly index: Scalars['Int']['output'];
  /** File name as it was sent, with its folders. */
  readonly name: Scalars['String']['output'];
  readonly status: ItemStatus;
  /** The most probable label; null unless the status is DONE. */
  readonly label: Maybe<Scalars['String']['output']>;
  readonly confidence: Maybe<Scalars['Float']['output']>;
  readonly scores: Maybe<ReadonlyArray<Score>>;
  /** Why it FAILED, else null. */
  readonly error: Maybe<ItemError>;
};

export type ItemError = {
  /** One of the codes of `classify`. */
  readonly code: Scalars['String']['output'];
  readonly message: Scalars['String']['output'];
};

export type ItemConnection = {
  readonly nodes: ReadonlyArray<BatchItem>;
  /** Give it as `after` for the next page; null on the last one. */
  readonly next: Maybe<Scalars['String']['output']>;
};

export type BatchConnection = {
  readonly nodes: ReadonlyArray<Batch>;
  readonly next: Maybe<Scalars['String']['output']>;
};

export type BatchProgress = {
  /** 1, 2, 3 … without a gap; a snapshot carries the number of the latest event. */
  readonly seq: Scalars['Int']['output'];
  readonly state: BatchState;
  readonly total: Scalars['Int']['output'];
  readonly done: Scalars['Int']['output'];
  readonly failed: Scalars['Int']['output'];
  /** What is done or has failed; null in a snapshot and in events of the batch itself. */
  readonly item: Maybe<BatchItem>;
};
