// Made from schema.graphql by `npm run codegen`.
import type { BatchState } from '../batches/types.ts';
import type { ItemStatus } from '../batches/types.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Batch as BatchModel, BatchItem as BatchItemModel, BatchEvent } from '../batches/types.ts';
import type { ClusterNode as ClusterNodeModel } from '../batches/cluster-view.ts';
import type { Context } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
export type EnumResolverSignature<T, AllowedValues = any> = { [key in keyof T]?: AllowedValues };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A picture, sent as the GraphQL multipart request specification says. */
  Upload: { input: Promise<import('./uploads/upload.ts').ArrivingFile>; output: Promise<import('./uploads/upload.ts').ArrivingFile>; }
};

export type Query = {
  readonly __typename?: 'Query';
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
  readonly __typename?: 'Mutation';
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
  readonly __typename?: 'Subscription';
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
  readonly __typename?: 'Classification';
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
  readonly __typename?: 'Score';
  readonly label: Scalars['String']['output'];
  readonly confidence: Scalars['Float']['output'];
};

/** Where the time of one request went, and why. */
export type Receipt = {
  readonly __typename?: 'Receipt';
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
  readonly __typename?: 'Model';
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
  readonly __typename?: 'PoolSummary';
  readonly reserved: Scalars['Int']['output'];
  readonly reservedBusy: Scalars['Int']['output'];
  readonly onDemand: Scalars['Int']['output'];
  readonly onDemandBusy: Scalars['Int']['output'];
  /** Requests that wait. */
  readonly queued: Scalars['Int']['output'];
};

export type PoolStats = {
  readonly __typename?: 'PoolStats';
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
  readonly __typename?: 'Cluster';
  /** Those that were heard of a moment ago, this one included, by id. Who dies is gone after a `--stall-interval`. */
  readonly nodes: ReadonlyArray<ClusterNode>;
};

export type ClusterNode = {
  readonly __typename?: 'ClusterNode';
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
  readonly __typename?: 'Worker';
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
  readonly __typename?: 'ColdStart';
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
  readonly __typename?: 'ModelStats';
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
  readonly __typename?: 'WorkerTime';
  readonly reserved: KindTime;
  readonly onDemand: KindTime;
};

/** In ms, all workers of a kind together. */
export type KindTime = {
  readonly __typename?: 'KindTime';
  readonly startingMs: Scalars['Float']['output'];
  readonly idleMs: Scalars['Float']['output'];
  readonly busyMs: Scalars['Float']['output'];
};

export type WaitError = {
  readonly __typename?: 'WaitError';
  readonly p50Ms: Scalars['Float']['output'];
  readonly p95Ms: Scalars['Float']['output'];
};

/** Counted since the start of the process. */
export type PoolCounters = {
  readonly __typename?: 'PoolCounters';
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
  readonly __typename?: 'Batch';
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

export type { BatchState };

export type { ItemStatus };

export type BatchItem = {
  readonly __typename?: 'BatchItem';
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
  readonly __typename?: 'ItemError';
  /** One of the codes of `classify`. */
  readonly code: Scalars['String']['output'];
  readonly message: Scalars['String']['output'];
};

export type ItemConnection = {
  readonly __typename?: 'ItemConnection';
  readonly nodes: ReadonlyArray<BatchItem>;
  /** Give it as `after` for the next page; null on the last one. */
  readonly next: Maybe<Scalars['String']['output']>;
};

export type BatchConnection = {
  readonly __typename?: 'BatchConnection';
  readonly nodes: ReadonlyArray<Batch>;
  readonly next: Maybe<Scalars['String']['output']>;
};

export type BatchProgress = {
  readonly __typename?: 'BatchProgress';
  /** 1, 2, 3 … without a gap; a snapshot carries the number of the latest event. */
  readonly seq: Scalars['Int']['output'];
  readonly state: BatchState;
  readonly total: Scalars['Int']['output'];
  readonly done: Scalars['Int']['output'];
  readonly failed: Scalars['Int']['output'];
  /** What is done or has failed; null in a snapshot and in events of the batch itself. */
  readonly item: Maybe<BatchItem>;
};

export type WithIndex<TObject> = TObject & Record<string, any>;
export type ResolversObject<TObject> = WithIndex<TObject>;

export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = ResolversObject<{
  Upload: ResolverTypeWrapper<Scalars['Upload']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ClassifyOptions: ClassifyOptions;
  Priority: Priority;
  Classification: ResolverTypeWrapper<Classification>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Score: ResolverTypeWrapper<Score>;
  Receipt: ResolverTypeWrapper<Receipt>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  WorkerKind: WorkerKind;
  Model: ResolverTypeWrapper<Model>;
  PoolSummary: ResolverTypeWrapper<PoolSummary>;
  PoolStats: ResolverTypeWrapper<Omit<PoolStats, 'cluster'> & { cluster?: Maybe<ResolversTypes['Cluster']> }>;
  Cluster: ResolverTypeWrapper<Omit<Cluster, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['ClusterNode']> }>;
  ClusterNode: ResolverTypeWrapper<ClusterNodeModel>;
  Worker: ResolverTypeWrapper<Worker>;
  WorkerState: WorkerState;
  ColdStart: ResolverTypeWrapper<ColdStart>;
  ModelStats: ResolverTypeWrapper<ModelStats>;
  WorkerTime: ResolverTypeWrapper<WorkerTime>;
  KindTime: ResolverTypeWrapper<KindTime>;
  WaitError: ResolverTypeWrapper<WaitError>;
  PoolCounters: ResolverTypeWrapper<PoolCounters>;
  Batch: ResolverTypeWrapper<BatchModel>;
  BatchState: BatchState;
  ItemStatus: ItemStatus;
  BatchItem: ResolverTypeWrapper<BatchItemModel>;
  ItemError: ResolverTypeWrapper<ItemError>;
  ItemConnection: ResolverTypeWrapper<Omit<ItemConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['BatchItem']> }>;
  BatchConnection: ResolverTypeWrapper<Omit<BatchConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['Batch']> }>;
  BatchProgress: ResolverTypeWrapper<BatchEvent>;
}>;

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = ResolversObject<{
  Upload: Scalars['Upload']['output'];
  Query: Record<PropertyKey, never>;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  Mutation: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
  ClassifyOptions: ClassifyOptions;
  Classification: Classification;
  Float: Scalars['Float']['output'];
  Score: Score;
  Receipt: Receipt;
  Boolean: Scalars['Boolean']['output'];
  Model: Model;
  PoolSummary: PoolSummary;
  PoolStats: Omit<PoolStats, 'cluster'> & { cluster?: Maybe<ResolversParentTypes['Cluster']> };
  Cluster: Omit<Cluster, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['ClusterNode']> };
  ClusterNode: ClusterNodeModel;
  Worker: Worker;
  ColdStart: ColdStart;
  ModelStats: ModelStats;
  WorkerTime: WorkerTime;
  KindTime: KindTime;
  WaitError: WaitError;
  PoolCounters: PoolCounters;
  Batch: BatchModel;
  BatchItem: BatchItemModel;
  ItemError: ItemError;
  ItemConnection: Omit<ItemConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['BatchItem']> };
  BatchConnection: Omit<BatchConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['Batch']> };
  BatchProgress: BatchEvent;
}>;

export interface UploadScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Upload'], any> {
  name: 'Upload';
}

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = ResolversObject<{
  models: Resolver<ReadonlyArray<ResolversTypes['Model']>, ParentType, ContextType>;
  pool: Resolver<ResolversTypes['PoolSummary'], ParentType, ContextType>;
  poolStats: Resolver<ResolversTypes['PoolStats'], ParentType, ContextType>;
  batch: Resolver<Maybe<ResolversTypes['Batch']>, ParentType, ContextType, RequireFields<QueryBatchArgs, 'id'>>;
  batches: Resolver<ResolversTypes['BatchConnection'], ParentType, ContextType, RequireFields<QueryBatchesArgs, 'first'>>;
}>;

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = ResolversObject<{
  classify: Resolver<ResolversTypes['Classification'], ParentType, ContextType, RequireFields<MutationClassifyArgs, 'image'>>;
  classifyBatch: Resolver<ResolversTypes['Batch'], ParentType, ContextType, RequireFields<MutationClassifyBatchArgs, 'images'>>;
  cancelBatch: Resolver<ResolversTypes['Batch'], ParentType, ContextType, RequireFields<MutationCancelBatchArgs, 'id'>>;
  provision: Resolver<ResolversTypes['PoolStats'], ParentType, ContextType, RequireFields<MutationProvisionArgs, 'model' | 'reserved'>>;
}>;

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = ResolversObject<{
  batchProgress?: SubscriptionResolver<ResolversTypes['BatchProgress'], "batchProgress", ParentType, ContextType, RequireFields<SubscriptionBatchProgressArgs, 'id'>>;
}>;

export type ClassificationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Classification'] = ResolversParentTypes['Classification']> = ResolversObject<{
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  confidence?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  scores?: Resolver<ReadonlyArray<ResolversTypes['Score']>, ParentType, ContextType>;
  model?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
}>;

export type ScoreResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Score'] = ResolversParentTypes['Score']> = ResolversObject<{
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  confidence?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
}>;

export type ReceiptResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Receipt'] = ResolversParentTypes['Receipt']> = ResolversObject<{
  requestId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  worker?: Resolver<ResolversTypes['WorkerKind'], ParentType, ContextType>;
  workerId?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  coldStart?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  spilled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  batchSize?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  queueMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  decodeMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  inferMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  totalMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  predictedWaitMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
}>;

export type ModelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Model'] = ResolversParentTypes['Model']> = ResolversObject<{
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aliases?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  labels?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  engine?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  default?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
}>;

export type PoolSummaryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PoolSummary'] = ResolversParentTypes['PoolSummary']> = ResolversObject<{
  reserved?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reservedBusy?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  onDemand?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  onDemandBusy?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  queued?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
}>;

export type PoolStatsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PoolStats'] = ResolversParentTypes['PoolStats']> = ResolversObject<{
  summary?: Resolver<ResolversTypes['PoolSummary'], ParentType, ContextType>;
  maxWorkers?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  workers?: Resolver<ReadonlyArray<ResolversTypes['Worker']>, ParentType, ContextType>;
  models?: Resolver<ReadonlyArray<ResolversTypes['ModelStats']>, ParentType, ContextType>;
  counters?: Resolver<ResolversTypes['PoolCounters'], ParentType, ContextType>;
  workerTime?: Resolver<ResolversTypes['WorkerTime'], ParentType, ContextType>;
  saturatedMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  waitError?: Resolver<ResolversTypes['WaitError'], ParentType, ContextType>;
  memoryBytes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  uptimeMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  cluster?: Resolver<Maybe<ResolversTypes['Cluster']>, ParentType, ContextType>;
}>;

export type ClusterResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Cluster'] = ResolversParentTypes['Cluster']> = ResolversObject<{
  nodes?: Resolver<ReadonlyArray<ResolversTypes['ClusterNode']>, ParentType, ContextType>;
}>;

export type ClusterNodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClusterNode'] = ResolversParentTypes['ClusterNode']> = ResolversObject<{
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  address?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  workers?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  seenAt?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type WorkerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Worker'] = ResolversParentTypes['Worker']> = ResolversObject<{
  id?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['WorkerKind'], ParentType, ContextType>;
  model?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['WorkerState'], ParentType, ContextType>;
  served?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  coldStart?: Resolver<Maybe<ResolversTypes['ColdStart']>, ParentType, ContextType>;
}>;

export type ColdStartResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ColdStart'] = ResolversParentTypes['ColdStart']> = ResolversObject<{
  thread?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  runtime?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  model?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  warmUp?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
}>;

export type ModelStatsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ModelStats'] = ResolversParentTypes['ModelStats']> = ResolversObject<{
  model?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reserved?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  queued?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  serviceMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  coldStartMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  startSlowdown?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
}>;

export type WorkerTimeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WorkerTime'] = ResolversParentTypes['WorkerTime']> = ResolversObject<{
  reserved?: Resolver<ResolversTypes['KindTime'], ParentType, ContextType>;
  onDemand?: Resolver<ResolversTypes['KindTime'], ParentType, ContextType>;
}>;

export type KindTimeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KindTime'] = ResolversParentTypes['KindTime']> = ResolversObject<{
  startingMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  idleMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  busyMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
}>;

export type WaitErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WaitError'] = ResolversParentTypes['WaitError']> = ResolversObject<{
  p50Ms?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  p95Ms?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
}>;

export type PoolCountersResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PoolCounters'] = ResolversParentTypes['PoolCounters']> = ResolversObject<{
  submitted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  metNoIdleWorker?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  dispatched?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  finished?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  coldServed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  spilled?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  rejected?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  expired?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  cancelled?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  retried?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  workersStarted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  workersStopped?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  workersDied?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  uselessSpawns?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
}>;

export type BatchResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Batch'] = ResolversParentTypes['Batch']> = ResolversObject<{
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  clientBatchId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['BatchState'], ParentType, ContextType>;
  model?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  done?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  cancelled?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  items?: Resolver<ResolversTypes['ItemConnection'], ParentType, ContextType, RequireFields<BatchItemsArgs, 'first'>>;
}>;

export type BatchStateResolvers = EnumResolverSignature<{ ACCEPTING?: any, RUNNING?: any, COMPLETED?: any, CANCELLED?: any }, ResolversTypes['BatchState']>;

export type ItemStatusResolvers = EnumResolverSignature<{ QUEUED?: any, RUNNING?: any, DONE?: any, FAILED?: any, CANCELLED?: any }, ResolversTypes['ItemStatus']>;

export type BatchItemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BatchItem'] = ResolversParentTypes['BatchItem']> = ResolversObject<{
  index?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ItemStatus'], ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  confidence?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  scores?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Score']>>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['ItemError']>, ParentType, ContextType>;
}>;

export type ItemErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ItemError'] = ResolversParentTypes['ItemError']> = ResolversObject<{
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
}>;

export type ItemConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ItemConnection'] = ResolversParentTypes['ItemConnection']> = ResolversObject<{
  nodes?: Resolver<ReadonlyArray<ResolversTypes['BatchItem']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type BatchConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BatchConnection'] = ResolversParentTypes['BatchConnection']> = ResolversObject<{
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Batch']>, ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
}>;

export type BatchProgressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BatchProgress'] = ResolversParentTypes['BatchProgress']> = ResolversObject<{
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['BatchState'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  done?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  item?: Resolver<Maybe<ResolversTypes['BatchItem']>, ParentType, ContextType>;
}>;

export type Resolvers<ContextType = Context> = ResolversObject<{
  Upload?: GraphQLScalarType;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Classification?: ClassificationResolvers<ContextType>;
  Score?: ScoreResolvers<ContextType>;
  Receipt?: ReceiptResolvers<ContextType>;
  Model?: ModelResolvers<ContextType>;
  PoolSummary?: PoolSummaryResolvers<ContextType>;
  PoolStats?: PoolStatsResolvers<ContextType>;
  Cluster?: ClusterResolvers<ContextType>;
  ClusterNode?: ClusterNodeResolvers<ContextType>;
  Worker?: WorkerResolvers<ContextType>;
  ColdStart?: ColdStartResolvers<ContextType>;
  ModelStats?: ModelStatsResolvers<ContextType>;
  WorkerTime?: WorkerTimeResolvers<ContextType>;
  KindTime?: KindTimeResolvers<ContextType>;
  WaitError?: WaitErrorResolvers<ContextType>;
  PoolCounters?: PoolCountersResolvers<ContextType>;
  Batch?: BatchResolvers<ContextType>;
  BatchState?: BatchStateResolvers;
  ItemStatus?: ItemStatusResolvers;
  BatchItem?: BatchItemResolvers<ContextType>;
  ItemError?: ItemErrorResolvers<ContextType>;
  ItemConnection?: ItemConnectionResolvers<ContextType>;
  BatchConnection?: BatchConnectionResolvers<ContextType>;
  BatchProgress?: BatchProgressResolvers<ContextType>;
}>;

