/** Faults that are injected on purpose, to compare policies and to rehearse. */
export interface Drill {
  /** Added to every start, a reserved worker's too, in ms. */
  readonly coldStartMs: number;
  /** Least time that a dispatch takes for each of its pictures, in ms: a model that gains nothing from a batch. */
  readonly serviceMs: number;
  /** Every `oneIn`th worker, in the order of their starts, takes `factor` times as long for each dispatch. */
  readonly slow: { readonly oneIn: number; readonly factor: number } | null;
  /** Every so many-th dispatch, those of all workers counted, ends its worker's thread instead. */
  readonly crashEvery: number | null;
}
