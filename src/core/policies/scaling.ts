/** When are on-demand workers started? What every answer to that can do; the mechanism is in `rules/scaling.ts`. */

export interface ScalingPolicy {
  readonly name: string;
  /** What it does for one model. It may remember what it sees there. */
  forModel(): ModelScaling;
}

export interface ModelScaling {
  /** Why one more on-demand worker is to start now, or null if none is. Asked again after each start. */
  startReason(view: ScalingView): string | null;
  /** Why an idle on-demand worker is to stop now, or null if none is. Without this method the keep-alive policy decides. */
  stopReason?(view: ScalingView): string | null;
  /** Told how many requests run or wait, whenever that may have changed. */
  observe?(now: number, requests: number): void;
  /** Its answers change as time goes by: it must be asked so often while there is work or an on-demand worker, in ms. */
  readonly everyMs?: number;
  /** The first request that waits is bound to the worker that is started, and waits out its cold start. */
  readonly bindsToStart?: boolean;
  /** Workers come back before they are needed, when the keep-alive policy foretells that. */
  readonly warmsAhead?: boolean;
}

/** A model at the moment of the question. */
export interface ScalingView {
  readonly now: number;
  /** Requests that wait for a worker. */
  readonly waiting: number;
  /** Workers that are warm or starting, and those of them that are idle, and that start. */
  readonly workers: number;
  readonly idle: number;
  readonly starting: number;
  /** Predicted wait of the last request that waits, in ms, workers in start-up counted as capacity. `Infinity` without any. */
  readonly predictedWaitMs: number;
  readonly serviceMs: number;
  readonly coldStartMs: number;
  /** How much slower busy workers get while another one starts: 0.2 is 20 %. */
  readonly startSlowdown: number;
}
