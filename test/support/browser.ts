/** A real browser for tests of pages. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import type { Part } from './require-part.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const browserPart: Part = {
  name: 'Chromium',
  available: existsSync(executablePath),
  howToGet: 'install the package `chromium`, or set CHROMIUM to its path',
};

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}
