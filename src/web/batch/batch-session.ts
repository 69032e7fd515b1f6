// One batch on the page, from the upload, or from its id alone after a reload, to its end:
//   uploading → running → completed | cancelled        the upload may also be refused, and begun again
//   loading → running | completed | cancelled | gone   gone: the gateway does not have it any more
import type { RequestFailure } from '../../client/answer.ts';
import type { BatchState } from '../../client/schema.generated.ts';
import { asFailure } from '../gateway.ts';
import { BatchItems } from './batch-items.ts';
import { type DeliveryPorts, deliver } from './delivery.ts';
import { Follower, type FollowPorts } from './follower.ts';
import type { NamedFile } from './named-file.ts';
import { RateMeter } from './rate-meter.ts';

export type Phase = 'uploading' | 'loading' | 'running' | 'completed' | 'cancelled' | 'refused' | 'gone';

export interface SessionPorts extends FollowPorts, DeliveryPorts {
  cancelBatch(id: string): Promise<void>;
  /** Something is to be shown; called often. */
  changed(): void;
}

const TICK_MS = 1000;

export class BatchSession {
  readonly id: string;
  readonly items: BatchItems;
  readonly #ports: SessionPorts;
  readonly #files: readonly NamedFile[];
  readonly #model: string | undefined;
  readonly #rate = new RateMeter();
  #work = new AbortController();
  #upload = new AbortController();
  #phase: Phase;
  /** As the gateway last said. */
  #state: BatchState = 'ACCEPTING';
  #sent: number;
  #isConnected = true;
  #isCancelling = false;
  #isRetry = false;
  #failure: RequestFailure | null = null;

  /** `files`: to be uploaded; none to follow a batch that there is. */
  constructor(id: string, ports: SessionPorts, files: readonly NamedFile[] = [], model?: string) {
    this.id = id;
    this.#ports = ports;
    this.#files = files;
    this.#model = model;
    this.items = new BatchItems(files.map(({ name }) => name));
    this.#phase = this.#isNew ? 'uploading' : 'loading';
    this.#sent = this.#isNew ? 0 : 1;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Share of the upload, 0 to 1. */
  get sent(): number {
    return this.#sent;
  }

  /** False while the page tries to reach the gateway again. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  get isCancelling(): boolean {
    return this.#isCancelling;
  }

  /** Why the upload was refused, or why the batch could not be cancelled. */
  get failure(): RequestFailure | null {
    return this.#failure;
  }

  get hasEnded(): boolean {
    return this.#phase !== 'uploading' && this.#phase !== 'loading' && this.#phase !== 'running';
  }

  /** Photos that are done or have failed. */
  get answered(): number {
    return this.items.size - this.items.count('waiting') - this.items.count('cancelled');
  }

  /** Photos per second; null while it is not known. */
  get rate(): number | null {
    return this.#rate.perSecond;
  }

  /** Null if the photo is no longer at hand, as after a reload. */
  fileOf(index: number): File | null {
    return this.#files[index]?.file ?? null;
  }

  /** To be called once, and again after the upload was refused. Never rejects: `failure` tells what went wrong. */
  async start(): Promise<void> {
    const ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
    try {
      if (this.#isNew) await this.#uploadAndFollow();
      else await this.#follow();
    } finally {
      clearInterval(ticker);
    }
  }

  /** The same files under the same id: if the gateway has got them after all, it makes no second batch of them. */
  async retry(): Promise<void> {
    this.#work = new AbortController();
    this.#upload = new AbortController();
    this.#sent = 0;
    this.#failure = null;
    this.#isCancelling = false;
    this.#isRetry = true;
    this.#show('uploading');
    await this.start();
  }

  async cancel(): Promise<void> {
    this.#isCancelling = true;
    this.#failure = null;
    this.#ports.changed();
    try {
      await this.#ports.cancelBatch(this.id);
      this.#upload.abort();
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === 'BATCH_NOT_FOUND' && this.#phase === 'uploading') this.#end('cancelled');
      else {
        this.#failure = failure;
        this.#isCancelling = false;
        this.#ports.changed();
      }
    }
  }

  /** Leaves the batch to the gateway; but an upload is lost. */
  close(): void {
    this.#work.abort();
    this.#upload.abort();
  }

  /** The page itself uploads it. */
  get #isNew(): boolean {
    return this.#files.length > 0;
  }

  async #uploadAndFollow(): Promise<void> {
    const follower = this.#follower();
    const following = this.#follow(follower);
    try {
      await this.#deliver(follower);
      this.#sent = 1;
      if (this.#phase === 'uploading') this.#show('running');
    } catch (error) {
      // If it has ended or was cancelled, here or elsewhere, following tells.
      if (!this.#upload.signal.aborted) {
        this.#failure = asFailure(error);
        this.#end('refused');
      }
    }
    await following;
  }

  #deliver(follower: Follower): Promise<void> {
    return deliver({
      ...this.#ports,
      files: this.#files,
      isRepeated: this.#isRetry,
      onAgain: () => follower.startOver(),
      upload: {
        clientBatchId: this.id,
        model: this.#model,
        signal: this.#upload.signal,
        onSent: (share) => {
          this.#sent = share;
          this.#ports.changed();
        },
      },
    });
  }

  #follower(): Follower {
    const { fetchItems, listen, changed } = this.#ports;
    return new Follower({
      id: this.id,
      isNew: this.#isNew,
      signal: this.#work.signal,
      fetchItems,
      listen,
      mayBeMissing: () => this.#phase === 'uploading',
      takeItem: (item) => this.items.set({ ...item, name: this.#files[item.index]?.name ?? item.name }),
      takeState: (state) => {
        this.#state = state;
        if (this.#phase === 'loading') this.#phase = 'running';
        changed();
      },
      connected: (isConnected) => {
        this.#isConnected = isConnected;
        changed();
      },
    });
  }

  async #follow(follower = this.#follower()): Promise<void> {
    const { signal } = this.#work;
    try {
      await follower.follow();
      if (!signal.aborted) this.#end(this.#state === 'CANCELLED' ? 'cancelled' : 'completed');
    } catch {
      if (!signal.aborted) this.#end('gone');
    }
  }

  #end(phase: Phase): void {
    if (phase === 'cancelled') this.items.cancelWaiting();
    this.#isConnected = true;
    this.#show(phase);
    this.close();
  }

  #show(phase: Phase): void {
    this.#phase = phase;
    this.#ports.changed();
  }

  #tick(): void {
    this.#rate.sample(performance.now(), this.answered);
    this.#ports.changed();
  }
}
