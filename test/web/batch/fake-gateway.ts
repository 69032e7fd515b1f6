/** The page, served by the real code, over a gateway that classifies nothing: a test says what becomes of a batch. */
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import Fastify, { type FastifyInstance } from 'fastify';
import { buildSchema, type ExecutionArgs, GraphQLError, graphql, parse, subscribe } from 'graphql';
import type { OperationArgs } from 'graphql-sse';
import { createHandler } from 'graphql-sse/lib/use/fastify';
import type { ArrivingFile } from '../../../src/graphql/uploads/upload.ts';
import { Arrival } from '../../../src/http/multipart/arrival.ts';
import { servePage } from '../../../src/http/page.ts';
import { ROOT } from '../../support/gateway-process.ts';
import { FakeBatch } from './fake-batch.ts';

const LIMITS = {
  maxBytes: 2 ** 20,
  timeoutMs: 60_000,
  batch: { maxFiles: 20_000, maxBytes: 2 ** 30, timeoutMs: 60_000 },
};
const schema = buildSchema(readFileSync(`${ROOT}/schema.graphql`, 'utf8'));

interface Operation {
  query: string;
  variables?: Record<string, unknown>;
}

interface Upload {
  images: { promise: Promise<ArrivingFile> }[];
  clientBatchId: string;
}

export class FakeGateway {
  readonly batches = new Map<string, FakeBatch>();
  /** `after` of each subscription so far. */
  readonly subscriptions: (number | null)[] = [];
  /** Called for each photo that has arrived; the next one is not read before its promise is fulfilled. */
  onArrival: (batch: FakeBatch, index: number) => Promise<void> | void = () => {};
  /** Called with a new batch; throw to refuse its upload. */
  onUpload: (batch: FakeBatch) => void = () => {};
  /** 0, or the status with which subscriptions are refused. */
  outage = 0;
  readonly #fastify: FastifyInstance;
  readonly #streams = new Set<{ destroy(): void }>();
  readonly #changes = new EventEmitter();
  readonly #closing = new AbortController();

  static async start(): Promise<FakeGateway> {
    const gateway = new FakeGateway();
    await gateway.#listen();
    return gateway;
  }

  private constructor() {
    this.#fastify = Fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true });
  }

  get url(): string {
    return this.#fastify.listeningOrigin;
  }

  get batch(): FakeBatch {
    const [batch] = [...this.batches.values()].slice(-1);
    if (!batch) throw new Error('There is no batch.');
    return batch;
  }

  /** Resolves once the batch has been sent completely. */
  async sealed(): Promise<void> {
    while (this.batches.size === 0 || this.batch.state === 'ACCEPTING') await once(this.#changes, 'change');
  }

  error(code: string, message: string, retryAfterMs?: number): GraphQLError {
    return new GraphQLError(message, { extensions: { code, retryAfterMs } });
  }

  /** As when the network goes away. */
  cutStreams(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#fastify.close();
  }

  async #listen(): Promise<void> {
    const fastify = this.#fastify;
    await servePage(fastify);
    fastify.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
    fastify.post('/graphql', async ({ headers, body, raw }) => {
      const isUpload = headers['content-type']?.startsWith('multipart/form-data');
      const arrival = isUpload ? new Arrival(raw, LIMITS) : null;
      try {
        const operation = (arrival ? await arrival.operation : body) as unknown as Operation;
        const { query: source, variables: variableValues } = operation;
        return await graphql({ schema, source, variableValues, rootValue: this.#root });
      } finally {
        // Who does not read to the end gets no answer through.
        arrival?.drop();
      }
    });
    // All of it by the `graphql` of this file: graphql-sse may have loaded another copy, which would refuse the schema.
    const handle = createHandler({
      authenticate: () => null,
      onSubscribe: (_request, { query, variables: variableValues }) => {
        this.subscriptions.push((variableValues?.after ?? null) as number | null);
        const args: ExecutionArgs = { schema, document: parse(query), variableValues, rootValue: this.#root };
        return args as OperationArgs;
      },
      validate: () => [],
      subscribe: (args) => subscribe(args as ExecutionArgs),
    });
    fastify.all('/graphql/stream', async (request, reply) => {
      if (this.outage) return await reply.code(this.outage).send();
      this.#streams.add(request.raw.socket);
      await handle(request, reply);
    });
    await fastify.listen({ port: 0 });
  }

  readonly #root = {
    pool: { reserved: 3, reservedBusy: 3, onDemand: 1, onDemandBusy: 0, queued: 12 },
    models: [],
    batch: ({ id }: { id: string }) => this.batches.get(id) ?? null,
    classifyBatch: (upload: Upload) => this.#receive(upload),
    cancelBatch: ({ id }: { id: string }) => {
      const batch = this.#find(id);
      batch.cancel();
      return batch;
    },
    batchProgress: ({ id, after }: { id: string; after: number | null }) => this.#progress(this.#find(id), after),
  };

  async #receive({ images, clientBatchId }: Upload): Promise<FakeBatch> {
    const known = this.batches.get(clientBatchId);
    if (known) return known;
    const batch = new FakeBatch(clientBatchId);
    try {
      this.onUpload(batch);
      this.batches.set(clientBatchId, batch);
      for (const image of images) {
        const file = await image.promise;
        for await (const _ of file.read());
        await this.onArrival(batch, batch.add(file.name));
      }
      batch.seal();
      this.#changes.emit('change');
      return batch;
    } catch (error) {
      if (batch.state !== 'CANCELLED') {
        this.batches.delete(clientBatchId);
        batch.remove();
      }
      throw error;
    }
  }

  async *#progress(batch: FakeBatch, after: number | null) {
    for await (const event of batch.progress(after, this.#closing.signal)) yield { batchProgress: event };
  }

  #find(id: string): FakeBatch {
    const batch = this.batches.get(id);
    if (batch) return batch;
    throw this.error('BATCH_NOT_FOUND', 'There is no such batch.');
  }
}
