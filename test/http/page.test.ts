// Facts about what is served beside GraphQL: the page, its files, their headers, and health.
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';

let gateway: GatewayProcess;
let page: string;
beforeAll(async () => {
  gateway = await startGateway('--model-dir', 'test/fixtures/models', '--model', 'synthetic', '--reserved', '1');
  page = await (await fetch(gateway.url)).text();
});
afterAll(() => gateway.stop());

/** `fetch` would tidy the path up. */
function statusOf(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${gateway.url}/`, { path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (text: string) => {
        body += text;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.once('error', reject);
  });
}

describe('the page', () => {
  it('is HTML, and is asked for anew each time', async () => {
    const { headers, status } = await fetch(gateway.url);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/i);
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('runs only its own scripts, in no frame of another page', async () => {
    const policy = (await fetch(gateway.url)).headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      expect(policy).toContain(directive);
    }
    expect(policy).not.toMatch(/unsafe|upgrade-insecure|\*/);
  });

  it('has no script or style in itself, which that policy would forbid', () => {
    expect(page).not.toMatch(/<script>|<style|\son\w+=|style=/);
  });

  it.each(['/', '/favicon.svg', '/nothing'])('and what else is there is not to be sniffed: %s', async (path) => {
    const { headers } = await fetch(gateway.url + path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('the files of the page', () => {
  it('whose names carry their digest are kept for a year', async () => {
    const assets = [...page.matchAll(/(?:src|href)="(\/?\.?\/?assets\/[^"]+)"/g)].map(([, path]) => path as string);
    expect(assets.length).toBeGreaterThanOrEqual(2);
    for (const path of assets) {
      const { status, headers } = await fetch(new URL(path, `${gateway.url}/`));
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });

  it('with plain names are asked for anew', async () => {
    const { status, headers } = await fetch(`${gateway.url}/samples/cat-chelsea.jpg`);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it.each([
    '/../package.json',
    '/assets/../../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/%2e%2e%2fpackage.json',
    '/..%5cpackage.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/....//package.json',
    '//package.json',
    '/%00',
    '/index.html%00.js',
    '/assets',
    '/assets/',
    '/../../../../../../etc/passwd',
    '/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/.git/config',
    '/%',
    `/${'a'.repeat(5000)}`,
  ])('are all that there is: nothing at %.60s', async (path) => {
    const { status, body } = await statusOf(path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).not.toMatch(/"name": ?"warmpool"|root:/);
  });
});

describe('health', () => {
  it.each(['/healthz', '/readyz'])('%s is 200 in a warm gateway', async (path) => {
    expect((await fetch(gateway.url + path)).status).toBe(200);
  });

  it('is not to be changed', async () => {
    expect((await fetch(`${gateway.url}/readyz`, { method: 'POST' })).status).toBe(404);
  });
});
