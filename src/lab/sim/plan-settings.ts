/** What `warmpool plan` is told: a load, what a worker does, prices, and what is wanted. */
import { amount, setting } from '../../settings/setting.ts';
import { REFERENCE_PRICES } from '../cost/reference.ts';
import { msAbove0, text, WORKLOAD_SETTINGS, WORLD_SETTINGS } from './settings.ts';

const price = amount('a number of 0 or more', (value) => Number.isFinite(value) && value >= 0);

export const PLAN_SETTINGS = {
  slo: setting(msAbove0, 500, 'the p99 of the response time that is wanted at most, in ms'),
  ...WORKLOAD_SETTINGS,
  // The whole of it for every configuration would take half an hour.
  scale: { ...WORKLOAD_SETTINGS.scale, fallback: 0.2 },
  ...WORLD_SETTINGS,
  priceReserved: setting(price, REFERENCE_PRICES.reservedUnitMonth, 'of a reserved worker for a month'),
  priceOnDemand: setting(price, REFERENCE_PRICES.onDemandUnitSecond, 'of an on-demand worker for a second', '0.000333'),
  currency: setting(text, REFERENCE_PRICES.currency, 'of the prices'),
};
