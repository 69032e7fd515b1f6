/**
 * The line of refused clients of a model. Each is told when to come back, and a place is kept for it then: a request
 * without a place counts those that will be claimed before its deadline as if they were in the queue already. How many
 * of them come back at all is learned, so that places nobody claims soon cost nothing.
 *
 * A place is promised → claimed   its client came back with the token, at its time
 *                     → dropped   its client was admitted before its time
 *                     → lost      its client did not come back in time
 */
import { SortedQueue } from './sorted-queue.ts';

interface Place {
  readonly token: string;
  readonly at: number;
  /** Breaks ties. */
  readonly seq: number;
}

/** How long a place is kept for its client, and how early it may be claimed, in ms. */
const GRACE_MS = 2_000;
/** Share of the clients that come back, until some did or did not. */
const UNKNOWN = 0.5;
/** Share that one client has in what is known of all. */
const WEIGHT = 0.05;

export class Promises {
  readonly #most: number;
  readonly #places = new Map<string, Place>();
  readonly #line = new SortedQueue<Place>((a, b) => a.at < b.at || (a.at === b.at && a.seq < b.seq));
  /** Share of the clients that come back. */
  #returning = UNKNOWN;
  #seq = 0;

  /** `most`: places at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The time that this token was promised, if it still is. */
  at(token: string): number | undefined {
    return this.#places.get(token)?.at;
  }

  /** False if the line is full: then nothing is promised. */
  promise(token: string, at: number): boolean {
    if (this.#places.size >= this.#most) return false;
    const place = { token, at, seq: this.#seq++ };
    this.#places.set(token, place);
    this.#line.push(place);
    return true;
  }

  /** Whether the client with this token may have its place now. */
  isDue(token: string, now: number): boolean {
    const place = this.#places.get(token);
    return place !== undefined && now >= place.at - GRACE_MS;
  }

  /** The client came back at its time, and is let in or has to wait again. */
  claim(token: string, now: number): void {
    if (this.isDue(token, now)) this.#learn(1);
    this.drop(token);
  }

  drop(token: string): void {
    const place = this.#places.get(token);
    if (!place) return;
    this.#places.delete(token);
    this.#line.delete(place);
  }

  /** How many of those in line will come back, as far as is known. */
  get expected(): number {
    return this.#returning * this.#line.size;
  }

  /** How many places will be claimed up to that time, as far as is known. */
  expectedBy(at: number): number {
    return Math.round(this.#returning * this.#line.rank({ token: '', at, seq: Number.POSITIVE_INFINITY }));
  }

  /** Gives up the places whose clients did not come. */
  expire(now: number): void {
    for (let place = this.#line.peek(); place && place.at + GRACE_MS < now; place = this.#line.peek()) {
      this.#learn(0);
      this.drop(place.token);
    }
  }

  #learn(came: 0 | 1): void {
    this.#returning += WEIGHT * (came - this.#returning);
  }
}
