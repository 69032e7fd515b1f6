// Builds the script and the style of reports, which the lab puts into their pages.
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    outDir: '../../dist/report',
    emptyOutDir: true,
    lib: {
      entry: 'report/main.ts',
      formats: ['iife'],
      name: 'report',
      fileName: () => 'report.js',
      cssFileName: 'report',
    },
  },
});
