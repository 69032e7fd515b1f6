/** Batches as GraphQL shows them; who knows the id of one may read and cancel it. */
import type { PageRequest } from '../../batches/store.ts';
import type { BatchEvent } from '../../batches/types.ts';
import { GatewayError } from '../../core/contracts/errors.ts';
import type { Context } from '../context.ts';
import type {
  BatchItemResolvers,
  BatchResolvers,
  MutationResolvers,
  QueryResolvers,
  SubscriptionResolvers,
} from '../schema-types.generated.ts';

const LARGEST_PAGE = 1000;
/** Of all pages of one request: many of them under aliases would keep the only thread busy for seconds. */
const MOST_ITEMS = 2000;
/** How many each request has asked for so far. */
const askedFor = new WeakMap<Context, number>();

export const batch: QueryResolvers['batch'] = (_root, { id }, { gateway }) => gateway.batches.find(id);

export const batches: QueryResolvers['batches'] = (_root, { first, after }, { gateway, requireAdmin }) => {
  requireAdmin();
  return gateway.batches.list(page(first, after));
};

export const cancelBatch: MutationResolvers['cancelBatch'] = (_root, { id }, { gateway }) => gateway.batches.cancel(id);

export const batchProgress: NonNullable<SubscriptionResolvers['batchProgress']> = {
  subscribe: (_root, { id, after }, { gateway, gone }) => gateway.batches.progress(id, after ?? null, gone),
  resolve: (event: BatchEvent) => event,
};

export const Batch: BatchResolvers = {
  createdAt: ({ createdAt }) => new Date(createdAt).toISOString(),
  items: ({ id }, { first, after, status }, context) => {
    const request = page(first, after);
    countItems(first, context);
    return context.gateway.batches.items(id, { ...request, status: status ?? null });
  },
};

export const BatchItem: BatchItemResolvers = {
  label: ({ outcome }) => (outcome?.ok ? outcome.label : null),
  confidence: ({ outcome }) => (outcome?.ok ? outcome.confidence : null),
  scores: ({ outcome }) => (outcome?.ok ? outcome.scores : null),
  error: ({ outcome }) => (outcome && !outcome.ok ? outcome : null),
};

function countItems(first: number, context: Context): void {
  const sum = (askedFor.get(context) ?? 0) + first;
  askedFor.set(context, sum);
  if (sum <= MOST_ITEMS) return;
  const message = `The request asks for ${sum} items and more; it may ask for ${MOST_ITEMS}, all pages together.`;
  throw new GatewayError('BAD_USER_INPUT', message);
}

function page(first: number, after: string | null | undefined): PageRequest {
  if (first >= 1 && first <= LARGEST_PAGE) return { first, after: after ?? null };
  throw new GatewayError('BAD_USER_INPUT', `first is ${first}; it must be 1 to ${LARGEST_PAGE}.`);
}
