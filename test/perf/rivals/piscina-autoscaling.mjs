/** piscina decides when threads start and which of them takes what; as many as the gateway may have. */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { serve } from './graphql.mjs';
import { manifest } from './manifest.mjs';

const pool = new Piscina({
  filename: fileURLToPath(new URL('./piscina-worker.mjs', import.meta.url)),
  minThreads: 1,
  maxThreads: Number(process.env.THREADS),
  idleTimeout: 60_000,
});
await serve(manifest, (picture) => pool.run(picture));
