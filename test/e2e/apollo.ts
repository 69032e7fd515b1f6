/** Apollo Client as its users have it, and what they have to add: uploads, Server-Sent Events, and coming back. */
import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  gql,
  HttpLink,
  InMemoryCache,
  Observable,
  type TypedDocumentNode,
} from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { print } from '@apollo/client/utilities';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { defer, from, map, retry, tap, throwError, timer } from 'rxjs';
import { WebSocket } from 'undici';
import type { ProgressEvent } from './batch-client.ts';

const PROGRESS: TypedDocumentNode<{ batchProgress: ProgressEvent }> = gql`
  subscription ($id: ID!, $after: Int) {
    batchProgress(id: $id, after: $after) { seq state total done failed item { index status label } }
  }
`;
/** There is nothing to wait for here: the connection was cut on purpose. */
const COME_BACK_MS = 5;

/** The link for the subscriptions of a gateway at that URL. None comes back by itself: it would ask for the same events again. */
type Subscriptions = (url: string) => ApolloLink;

const overWebSocket: Subscriptions = (url) => {
  const address = `${url.replace('http', 'ws')}/graphql`;
  return new GraphQLWsLink(createWsClient({ url: address, webSocketImpl: WebSocket, retryAttempts: 0 }));
};

const overEvents: Subscriptions = (url) => {
  const client = createSseClient({ url: `${url}/graphql/stream`, retryAttempts: 0 });
  return new ApolloLink(
    ({ query, variables }) =>
      new Observable((sink) =>
        client.subscribe<ApolloLink.Result['data'] & {}>({ query: print(query), variables }, sink as never),
      ),
  );
};

export const APOLLO_TRANSPORTS: readonly (readonly [string, Subscriptions])[] = [
  ['graphql-ws', overWebSocket],
  ['graphql-sse', overEvents],
];

/** As apollo-upload-client sends the list of pictures in `images`. */
function uploads(url: string): ApolloLink {
  return new ApolloLink(({ query, variables }) => {
    const images = variables.images as readonly Blob[];
    const form = new FormData();
    const empty = { ...variables, images: images.map(() => null) };
    form.set('operations', JSON.stringify({ query: print(query), variables: empty }));
    form.set('map', JSON.stringify(Object.fromEntries(images.map((_, i) => [i, [`variables.images.${i}`]]))));
    for (const [i, image] of images.entries()) form.set(`${i}`, image, `${i}.jpg`);
    const headers = { 'apollo-require-preflight': 'true' };
    const answer = fetch(`${url}/graphql`, { method: 'POST', headers, body: form });
    return from(answer.then((response) => response.json() as Promise<ApolloLink.Result>));
  });
}

export function apolloClient(url: string, subscriptions: Subscriptions = overWebSocket): ApolloClient {
  return new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === 'subscription',
      subscriptions(url),
      ApolloLink.split(({ variables }) => 'images' in variables, uploads(url), new HttpLink({ uri: `${url}/graphql` })),
    ),
  });
}

/** Every event once, from the one behind `after` to the end of the batch, however often the connection is lost. */
export function progressOf(client: ApolloClient, id: string, after = 0, onLoss = () => {}): Observable<ProgressEvent> {
  let last = after;
  return defer(() => client.subscribe({ query: PROGRESS, variables: { id, after: last } })).pipe(
    map(({ data, error }) => {
      if (data) return data.batchProgress as ProgressEvent;
      throw error;
    }),
    tap(({ seq }) => {
      last = seq;
    }),
    retry({
      delay(error) {
        if (CombinedGraphQLErrors.is(error)) return throwError(() => error);
        onLoss();
        return timer(COME_BACK_MS);
      },
    }),
  );
}
