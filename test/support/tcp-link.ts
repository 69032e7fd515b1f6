/** A wire to a server on this machine that a test can cut, or break within a byte: to its user the server, to the server its user has died. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class TcpLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: number;
  #cut = false;
  /** That the server may still send. */
  #bytesLeft = Number.POSITIVE_INFINITY;
  #splits = 0;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((near) => {
      if (this.#cut) {
        near.destroy();
        return;
      }
      const far = connect(this.#target, '127.0.0.1');
      for (const socket of [near, far]) this.#own(socket);
      near.pipe(far);
      far.on('data', (chunk: Buffer) => this.#pass(chunk, far, near));
      far.on('end', () => near.end());
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
  }

  static async open(target: number): Promise<TcpLink> {
    const link = new TcpLink(target);
    link.#server.listen(0, '127.0.0.1');
    await once(link.#server, 'listening');
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Leads to another server from now on; what is connected stays so. */
  redirect(target: number): void {
    this.#target = target;
  }

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  /** Resets every connection when the server has sent that many more bytes, whatever they belong to. */
  resetAfter(bytes: number): void {
    this.#bytesLeft = bytes;
  }

  /** Resets that came in the middle of what the server had sent at once. */
  get splits(): number {
    return this.#splits;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  #pass(chunk: Buffer, far: Socket, near: Socket): void {
    const passed = chunk.subarray(0, this.#bytesLeft);
    this.#bytesLeft -= passed.length;
    const isLast = this.#bytesLeft === 0;
    if (isLast) {
      if (passed.length < chunk.length) this.#splits++;
      this.#bytesLeft = Number.POSITIVE_INFINITY;
      far.pause();
    }
    const isTaken = near.write(passed, () => isLast && this.#reset());
    if (isTaken || isLast) return;
    far.pause();
    near.once('drain', () => far.resume());
  }

  #reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // It ends with 'close'.
    socket.on('error', () => {});
  }
}
