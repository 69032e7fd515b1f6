// Builds the page into dist/web, where the gateway serves it at `/`.
import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses, so that the page also works under a path prefix of a proxy.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    // A data: address would bypass the gateway's caching headers, and the policy allows data: for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
