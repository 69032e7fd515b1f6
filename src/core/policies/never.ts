/** A fixed pool: the reserved workers and no other. */
import type { ScalingPolicy } from './scaling.ts';

export const never: ScalingPolicy = { name: 'never', forModel: () => ({ startReason: () => null, warmsAhead: true }) };
