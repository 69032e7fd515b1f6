/** Makes the workload that the command line names. */
import { burstsAround, bursty, type Poisson, poisson } from './random-arrivals.ts';
import { type ReferenceScale, reference } from './reference.ts';
import { readTrace } from './trace.ts';
import { type Workload, WorkloadError } from './workload.ts';

/** The rate, duration and seed are those of `poisson` and `bursty`; a trace and the reference have lengths of their own. */
export interface WorkloadOptions extends Poisson, ReferenceScale {}

/** `text` is reference, poisson, bursty or trace:FILE. */
export async function parseWorkload(text: string, options: WorkloadOptions): Promise<Workload> {
  const { durationMs, seed } = options;
  const [kind = '', path = ''] = text.split(/:(.*)/s);
  if (kind === 'trace' && path !== '') return readTrace(path);
  if (text === 'poisson') return poisson(options);
  if (text === 'bursty') return bursty({ ...burstsAround(options.perSecond), durationMs, seed });
  if (text === 'reference') return reference(options);
  throw new WorkloadError(
    `workload ${JSON.stringify(text)} is not known, expected reference, poisson, bursty or trace:FILE`,
  );
}
