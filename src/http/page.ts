/** The page at / and its files, with the security headers that browsers need for them. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import helmet from '@fastify/helmet';
import serveStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const WEB_ROOT = dirname(createRequire(import.meta.url).resolve('#dist/web/index.html'));
const ASSETS = join(WEB_ROOT, 'assets/');
const ONE_YEAR_S = 31_536_000;

export async function servePage(fastify: FastifyInstance): Promise<void> {
  await fastify.register(helmet, {
    contentSecurityPolicy: {
      // Without the defaults: they would send browsers to https, which is for a proxy in front to decide.
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'blob:', 'data:'],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    strictTransportSecurity: false,
  });
  await fastify.register(serveStatic, {
    root: WEB_ROOT,
    cacheControl: false,
    setHeaders(reply, path) {
      // Built files carry their digest in the name; the page itself must be asked for anew.
      const unchanging = path.startsWith(ASSETS);
      reply.setHeader('cache-control', unchanging ? `public, max-age=${ONE_YEAR_S}, immutable` : 'no-cache');
    },
  });
}
