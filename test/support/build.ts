/** Worker threads and the server under test run the compiled program: what is tested must be what is there now. */
import { execFileSync } from 'node:child_process';

export default function build(): void {
  execFileSync('npm', ['run', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
