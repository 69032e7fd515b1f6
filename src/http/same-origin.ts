/**
 * Browsers let every page open a WebSocket to every host, and read what comes; and an EventSource at least open its stream.
 * They say in `Origin`, which no page can forge, where the page is from: only this gateway's own may. Who is no browser sends
 * none. A proxy that changes `Host` says the original in `X-Forwarded-Host`, which pages cannot send with either.
 */
import type { IncomingHttpHeaders } from 'node:http';

export function isSameOrigin({ origin, host, ...headers }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  const hosts = [host, ...String(headers['x-forwarded-host'] ?? '').split(',')].map((name) => name?.trim());
  return URL.canParse(origin) && hosts.some((name) => name && isHostOf(new URL(origin), name));
}

/** Compares as URLs, which leave the default port out. */
function isHostOf({ protocol, host }: URL, name: string): boolean {
  const url = `${protocol}//${name}`;
  return host !== '' && URL.canParse(url) && new URL(url).host === host;
}
