/** An HTTP proxy that lets requests through to one server, refuses all others, and keeps a list of what was asked for. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface LoggingProxy {
  readonly url: string;
  /** One line for each request: what was asked for, and whether it was let through. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

export async function openLoggingProxy(allowed: URL): Promise<LoggingProxy> {
  const allowedHost = `${allowed.hostname}:${allowed.port || (allowed.protocol === 'http:' ? 80 : 443)}`;
  const log: string[] = [];
  const sockets = new Set<Socket>();
  const passes = (host: string): boolean => {
    const passed = host === allowedHost;
    log.push(`${host} ${passed ? 'passed' : 'refused'}`);
    return passed;
  };

  // A registry that speaks plain HTTP is asked for by whole address.
  const server = createServer((incoming, answer) => {
    const url = new URL(incoming.url ?? '', 'http://no-host.invalid');
    if (!passes(`${url.hostname}:${url.port || 80}`)) return answer.writeHead(403).end();
    const { method, headers } = incoming;
    const outgoing = request(url, { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    return incoming.pipe(outgoing);
  });
  server.on('connection', (socket) => keep(socket));
  server.on('connect', (incoming, client: Socket, head) => {
    const host = incoming.url ?? '';
    if (!passes(host)) return client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const { hostname, port } = new URL(`tcp://${host}`);
    const upstream = keep(connect(Number(port), hostname));
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    // Each ends with the other, also where one breaks off.
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
    return client;
  });

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    return socket.once('close', () => sockets.delete(socket));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
