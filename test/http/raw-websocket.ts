/** WebSockets that no well-behaved client would open: it says what it wants in any order, and reads or does not. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http, { type OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { vi } from 'vitest';

export interface RawWebSocket {
  /** Of the answer to the handshake: 101 if it is open. */
  readonly status: number;
  /** Text messages so far, parsed. */
  readonly messages: readonly { readonly type: string; readonly payload?: unknown }[];
  /** Of the close frame; null as long as there is none. */
  readonly closeCode: () => number | null;
  readonly pings: () => number;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  readonly socket: Socket;
  send(message: unknown): void;
  /** Answers a ping. */
  pong(): void;
  /** Says hello, and waits for the answer. */
  greet(payload?: Record<string, unknown>): Promise<void>;
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
/** For a close frame without one. */
const NO_CODE = 1005;

export async function connect(
  url: string,
  headers: OutgoingHttpHeaders = {},
  path = '/graphql',
): Promise<RawWebSocket> {
  const request = http.request(`${url}${path}`, {
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-protocol': 'graphql-transport-ws',
      ...headers,
    },
  });
  request.end();
  const [response, socket, head] = (await Promise.race([once(request, 'upgrade'), once(request, 'response')])) as [
    http.IncomingMessage,
    Socket?,
    Buffer?,
  ];
  response.resume();
  return opened(response.statusCode ?? 0, socket ?? response.socket, head ?? Buffer.alloc(0));
}

function opened(status: number, socket: Socket, head: Buffer): RawWebSocket {
  const messages: { type: string; payload?: unknown }[] = [];
  let closeCode: number | null = null;
  let pings = 0;
  let buffer = Buffer.alloc(0);
  socket.on('error', () => {});
  const onData = (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let frame = take(buffer); frame; frame = take(buffer)) {
      buffer = buffer.subarray(frame.end);
      if (frame.opcode === TEXT) messages.push(JSON.parse(frame.payload.toString()));
      if (frame.opcode === PING) pings++;
      if (frame.opcode !== CLOSE) continue;
      closeCode = frame.payload.length > 0 ? frame.payload.readUInt16BE(0) : NO_CODE;
      socket.end();
    }
  };
  if (status === 101) {
    onData(head);
    socket.on('data', onData);
  }
  const send = (message: unknown) => void socket.write(textFrame(JSON.stringify(message)));
  return {
    status,
    messages,
    closeCode: () => closeCode,
    pings: () => pings,
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
    socket,
    send,
    pong: () => void socket.write(Buffer.of(0x8a, 0x80, 0, 0, 0, 0)),
    async greet(payload) {
      send({ type: 'connection_init', payload });
      await vi.waitUntil(() => messages.length === 1, { interval: 2 });
    },
  };
}

/** The first frame, if it is there completely. */
function take(buffer: Buffer): { opcode: number; payload: Buffer; end: number } | null {
  if (buffer.length < 10 && buffer.length < 2 + (buffer[1] ?? 0)) return null;
  const short = buffer.readUInt8(1);
  const [start, length] =
    short === 127 ? [10, Number(buffer.readBigUInt64BE(2))] : short === 126 ? [4, buffer.readUInt16BE(2)] : [2, short];
  const end = start + length;
  if (buffer.length < end) return null;
  return { opcode: buffer.readUInt8(0) & 0x0f, payload: buffer.subarray(start, end), end };
}

/** Masked, as a client must, with a mask that changes nothing. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.of(0x81, 0x80 | payload.length) : Buffer.alloc(10);
  if (payload.length >= 126) {
    head.writeUInt8(0x81, 0);
    head.writeUInt8(0x80 | 127, 1);
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}
