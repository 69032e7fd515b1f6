/** What `warmpool plan` is told: a load, what a worker does, prices, and what is wanted. */
import { amount, type Setting, written } from '../../settings/setting.ts';
import { REFERENCE_PRICES } from '../cost/reference.ts';
import { WORKLOAD_SETTINGS, WORLD_SETTINGS } from './settings.ts';

const price = amount('a number of 0 or more', (value) => Number.isFinite(value) && value >= 0);

export const PLAN_SETTINGS = {
  slo: {
    env: null,
    schema: amount('a number of milliseconds above 0', (ms) => ms > 0),
    fallback: 500,
    help: 'the p99 of the response time that is wanted at most, in ms',
  },
  ...WORKLOAD_SETTINGS,
  // The whole of it for every configuration would take half an hour.
  scale: { ...WORKLOAD_SETTINGS.scale, fallback: 0.2 },
  ...WORLD_SETTINGS,
  priceReserved: {
    env: null,
    schema: price,
    fallback: REFERENCE_PRICES.reservedUnitMonth,
    help: 'of a reserved worker for a month',
  },
  priceOnDemand: {
    env: null,
    schema: price,
    fallback: REFERENCE_PRICES.onDemandUnitSecond,
    defaultText: '0.000333',
    help: 'of an on-demand worker for a second',
  },
  currency: { env: null, schema: written((text) => text), fallback: REFERENCE_PRICES.currency, help: 'of the prices' },
} as const satisfies Record<string, Setting>;
