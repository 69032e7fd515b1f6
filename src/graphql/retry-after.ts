/** The `Retry-After` header (RFC 9110), for clients and proxies that look no further: of all errors the longest time. */
import type { ApolloServerPlugin } from '@apollo/server';
import type { Context } from './context.ts';

export const retryAfterHeader: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    async willSendResponse({ response: { body, http } }) {
      const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
      const waits = errors.map(({ extensions }) => extensions?.retryAfterMs).filter((ms) => typeof ms === 'number');
      // The header has whole seconds.
      if (waits.length > 0) http.headers.set('retry-after', `${Math.ceil(Math.max(...waits) / 1000)}`);
    },
  }),
};
