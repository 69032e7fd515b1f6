/** What the rivals have in common: Apollo on Fastify with uploads, and a resolver that asks `infer`. Nothing of Warmpool. */
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import Fastify from 'fastify';
import { GraphQLUpload, processRequest } from 'graphql-upload-minimal';

const typeDefs = `
  scalar Upload
  type Query { ok: Boolean }
  type Score { label: String! confidence: Float! }
  type Receipt { requestId: ID worker: String workerId: Int coldStart: Boolean reason: String batchSize: Int
    queueMs: Float decodeMs: Float inferMs: Float totalMs: Float predictedWaitMs: Float }
  input ClassifyOptions { topK: Int }
  type Classification { label: String! confidence: Float! scores: [Score!]! model: String receipt: Receipt }
  type Mutation { classify(image: Upload!, options: ClassifyOptions): Classification! }
`;

export async function serve({ name, version, output: { labels } }, infer) {
  const classify = async (_root, { image }) => {
    const chunks = [];
    for await (const chunk of (await image).createReadStream()) chunks.push(chunk);
    const probabilities = await infer(Buffer.concat(chunks));
    const scores = labels.map((label, i) => ({ label, confidence: probabilities[i] }));
    scores.sort((a, b) => b.confidence - a.confidence);
    return { ...scores[0], scores, model: `${name}@${version}`, receipt: {} };
  };
  const apollo = new ApolloServer({ typeDefs, resolvers: { Upload: GraphQLUpload, Mutation: { classify } } });
  await apollo.start();
  const fastify = Fastify();
  fastify.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
  fastify.addHook('preValidation', async (request, reply) => {
    if (!request.headers['content-type']?.startsWith('multipart/form-data')) return;
    request.body = await processRequest(request.raw, reply.raw);
  });
  await fastify.register(fastifyApollo(apollo));
  fastify.get('/readyz', async () => 'ready');
  const address = await fastify.listen({ port: 0, host: '127.0.0.1' });
  process.stdout.write(`listens on ${address}/\n`);
  process.on('SIGTERM', () => process.exit());
}
