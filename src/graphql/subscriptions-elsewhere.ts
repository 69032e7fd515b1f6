/** A plain HTTP request has one answer: Apollo would run a subscription as though it were a query, to a senseless end. */
import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { Context } from './context.ts';

export const subscriptionsElsewhere: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (operation?.operation !== 'subscription') return;
        const message = 'Subscriptions need a WebSocket (graphql-ws) at /graphql, or /graphql/stream (graphql-sse).';
        throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
      },
    };
  },
};
