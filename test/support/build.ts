/** Worker threads and the server under test run the compiled program: what is tested must be what is there now. */
import { execFileSync } from 'node:child_process';

export default function build(): void {
  // It would build nothing for `npx vitest` otherwise, as it does not for `npx warmpool`.
  const env = { ...process.env, npm_command: 'test' };
  execFileSync(process.execPath, ['.ci/prepare.mjs'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
