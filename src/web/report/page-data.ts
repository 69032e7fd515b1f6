/** What the script of a report draws: made by the lab, put into the page as JSON. */

export interface PageData {
  /** Of each run's samples, in seconds from the start. */
  readonly times: readonly (readonly number[])[];
  readonly charts: readonly Chart[];
  readonly frontier: FrontierData | null;
}

/** A chart over time. */
export interface Chart {
  readonly title: string;
  readonly scale: Scale;
  /** Areas upon each other, the first series on top, instead of lines. */
  readonly stacked: boolean;
  readonly series: readonly Series[];
}

export interface Look {
  /** A property of the style sheet. */
  readonly color: string;
  /** Lengths of dashes and gaps, in pixels; a solid line if empty. */
  readonly dash: readonly number[];
}

interface Series extends Look {
  readonly label: string;
  /** One value per sample of that run. */
  readonly run: number;
  readonly values: readonly (number | null)[];
}

/** The axis that values are drawn on. */
export interface Scale {
  readonly kind: 'linear' | 'log';
  readonly range: readonly [number, number];
  /** Whether the values are numbers of something: no ticks between whole numbers. */
  readonly whole: boolean;
}

export interface FrontierData {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly y: Scale;
  readonly frontiers: readonly Frontier[];
}

export interface Frontier extends Look {
  readonly name: string;
  readonly points: readonly Point[];
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}
