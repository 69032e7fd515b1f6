/** GraphQL over Server-Sent Events: graphql-sse with one connection for each operation. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHandler, type OperationResult, type Request } from 'graphql-sse';
import type { GraphQLServer } from '../graphql/apollo.ts';
import type { Context } from '../graphql/context.ts';
import { formatRefusal } from '../graphql/errors.ts';
import { EventStream } from './event-stream.ts';
import { goneBefore } from './gone.ts';
import { isSameOrigin } from './same-origin.ts';

/** What graphql-sse is given with a request. */
interface Extra {
  readonly stream: EventStream;
  readonly context: Context;
}

const MAX_BODY_BYTES = 64 * 1024;
const EVENT_STREAM = 'text/event-stream';
/** For nginx, which would hold events back; and so that the connection does not outlive the stream. */
const OWN_HEADERS = { 'x-accel-buffering': 'no', connection: 'close' };

export function serveEvents(fastify: FastifyInstance, url: string, graphql: GraphQLServer): void {
  const handle = createEventHandler(graphql);
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
      const context = graphql.createContext({ authorization, gone: goneBefore(reply.raw) });
      const [body, { status, statusText, headers = {} }] = await handle(requestOf(request, { stream, context }));
      if (body === null) return refuse(reply, status, statusText);
      // A refusal by graphql-sse.
      if (typeof body === 'string') return refuse(reply, status, JSON.parse(body).errors[0].message);
      reply.hijack();
      open.add(stream);
      const allHeaders = { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers, ...OWN_HEADERS };
      await stream.send(allHeaders, body).finally(() => open.delete(stream));
    },
  });
}

function createEventHandler(graphql: GraphQLServer) {
  return createHandler<FastifyRequest, Extra>({
    // No token: streams that several connections share would outlive them.
    authenticate: () => null,
    async onSubscribe({ method, context }, operation) {
      const { result, status } = await graphql.run(operation, context.context, method !== 'GET');
      if (status === 405) return [JSON.stringify(result), { status, statusText: 'Method Not Allowed' }];
      return (Symbol.asyncIterator in result ? result : only(result)) as OperationResult;
    },
    // Awaited before the result goes into a queue without a bound.
    onNext: (_context, { context }) => context.stream.turn(),
  });
}

async function* only<Result>(result: Result): AsyncGenerator<Result> {
  yield result;
}

function requestOf(request: FastifyRequest, context: Extra): Request<FastifyRequest, Extra> {
  const get = (name: string) => {
    // graphql-sse compares it with this one value, where a browser may list several.
    if (name === 'accept') return EVENT_STREAM;
    return request.headers[name]?.toString();
  };
  const body = () => (request.body ?? null) as Record<string, unknown> | null;
  return { method: request.method, url: request.url, headers: { get }, body, raw: request, context };
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ errors: [formatRefusal(status, message)] });
}
