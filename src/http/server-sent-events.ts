/** GraphQL over Server-Sent Events: graphql-sse with one connection for each operation. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import { createHandler, type OperationArgs, type Request } from 'graphql-sse';
import { type Context, goneBefore, type RequestParts } from '../graphql/context.ts';
import { formatRefusal } from '../graphql/errors.ts';
import type { Executor } from '../graphql/executor.ts';
import { EventStream } from './event-stream.ts';
import { isSameOrigin } from './same-origin.ts';

export interface ServerSentEventsOptions {
  readonly executor: Executor;
  readonly createContext: (request: RequestParts) => Context;
}

/** What graphql-sse is given with a request. */
interface Extra {
  readonly stream: EventStream;
  readonly context: Context;
}

const MAX_BODY_BYTES = 64 * 1024;
const EVENT_STREAM = 'text/event-stream';

export function serveEvents(fastify: FastifyInstance, url: string, options: ServerSentEventsOptions): void {
  const handle = createEventHandler(options.executor);
  const open = new Set<EventStream>();
  let isDraining = false;
  fastify.addHook('preClose', async () => {
    isDraining = true;
    for (const stream of open) stream.end();
  });

  fastify.route({
    method: ['GET', 'POST'],
    url,
    bodyLimit: MAX_BODY_BYTES,
    async handler(request, reply) {
      const { authorization, accept } = request.headers;
      if (!isSameOrigin(request.headers)) return refuse(reply, 403, 'Pages of other origins may not subscribe.');
      if (!accept?.includes(EVENT_STREAM)) return refuse(reply, 406, `The header \`Accept\` must be ${EVENT_STREAM}.`);
      if (isDraining) return refuse(reply, 503, 'The gateway shuts down.');
      const stream = new EventStream(reply.raw);
      const context = options.createContext({ authorization, gone: goneBefore(reply.raw) });
      const [body, { status, statusText, headers = {} }] = await handle(requestOf(request, { stream, context }));
      if (body === null || typeof body === 'string') return refuse(reply, status, messageIn(body) ?? statusText);
      reply.hijack();
      open.add(stream);
      await stream.send(headersOf(reply, headers), body).finally(() => open.delete(stream));
    },
  });
}

function createEventHandler(executor: Executor) {
  return createHandler<FastifyRequest, Extra>({
    // No token: streams that several connections share would outlive them.
    authenticate: () => null,
    onSubscribe(request, params) {
      const prepared = executor.prepare(params, request.context.context);
      return Array.isArray(prepared) ? only({ errors: prepared }) : (prepared as OperationArgs);
    },
    // It has been validated.
    validate: () => [],
    execute: (args) => executor.execute(args),
    subscribe: (args) => executor.subscribe(args),
    // Awaited before the result goes into a queue without a bound.
    async onNext(_context, request, result) {
      await request.context.stream.turn();
      return executor.format(result as ExecutionResult) as ExecutionResult;
    },
  });
}

async function* only(result: ExecutionResult): AsyncGenerator<ExecutionResult> {
  yield result;
}

function requestOf(request: FastifyRequest, context: Extra): Request<FastifyRequest, Extra> {
  const get = (name: string) => {
    // It accepts nothing beside; the handler knows it alone.
    if (name === 'accept') return EVENT_STREAM;
    return request.headers[name]?.toString();
  };
  const body = () => (request.body ?? null) as Record<string, unknown> | null;
  return { method: request.method, url: request.url, headers: { get }, body, raw: request, context };
}

function headersOf(reply: FastifyReply, headers: Record<string, string>): OutgoingHttpHeaders {
  // For nginx, which would hold events back; and so that the connection does not outlive the stream.
  return { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers, 'x-accel-buffering': 'no', connection: 'close' };
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ errors: [formatRefusal(status, message)] });
}

/** Of a refusal by graphql-sse. */
function messageIn(body: string | null): string | null {
  return body === null ? null : (JSON.parse(body).errors[0].message as string);
}
