/**
 * npm runs this after `npm ci`, and again whenever npx links the clone. It builds if `dist` is older than anything it is made
 * from. npx never rebuilds: a server may be running from `dist`.
 */
import { execSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run build` writes it last. */
const BUILT = 'dist/.built';

// With its folders: where a file was removed, the folder's time says so.
const sources = readdirSync('src', { recursive: true }).map((name) => join('src', name));
// The lock file, because the page's bundle holds parts of dependencies.
const inputs = ['src', ...sources, 'tsconfig.json', 'package.json', 'package-lock.json'];

const builtAt = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs;
const upToDate = () => inputs.every((input) => statSync(input).mtimeMs <= builtAt);

if (builtAt === undefined || (process.env.npm_command !== 'exec' && !upToDate())) {
  execSync('npm run build', { stdio: 'inherit' });
}
