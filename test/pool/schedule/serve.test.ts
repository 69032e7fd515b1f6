/** A schedule as users run it: in the process of `warmpool serve`. */
import { describe, expect, it } from 'vitest';
import { runCli, runHere } from '../../cli/run-cli.ts';
import { startGateway } from '../../support/gateway-process.ts';

const MODEL = ['--model-dir', 'test/fixtures/models', '--model', 'synthetic', '--max-workers', '2'] as const;
const EVERY_MINUTE_ONE = ['--schedule', '* * * * * = 1'] as const;

describe('warmpool serve with a schedule', () => {
  it('reserves from the start what the schedule says, not what --reserved says, and ends in order', async () => {
    const gateway = await startGateway(...MODEL, '--reserved', '2', ...EVERY_MINUTE_ONE);
    expect(await gateway.stop()).toBe(0);
    const lines = gateway
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string });
    expect(lines.filter(({ msg }) => msg === 'worker warm')).toHaveLength(1);
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'reserved workers set by the schedule', model: 'synthetic@1', reserved: 1 }),
    );
  });

  it.each([
    [['--schedule', '0 8 * * * = 1; 0 0 30 2 * = 2'], 'its entry "0 0 30 2 * = 2" never fires'],
    [['--schedule', '0 25 * * * = 1'], 'its entry "0 25 * * * = 1" is wrong: Invalid value for hour: 25'],
    [['--schedule', '0 8 * * * = 3'], '--schedule has the entry "0 8 * * * = 3", --max-workers is 2'],
    [[...EVERY_MINUTE_ONE, '--time-zone', 'Mars/Base'], '--time-zone is "Mars/Base"'],
  ])('exits with 2 and a message for %j', async (flags, message) => {
    const { status, stderr } = await runHere('serve', ...MODEL, ...flags);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it('exits with 2 and a message if it cannot listen', async () => {
    const { status, stderr } = await runCli('serve', ...MODEL, ...EVERY_MINUTE_ONE, '--host', '192.0.2.1');
    expect(status).toBe(2);
    expect(stderr).toContain('Cannot listen on 192.0.2.1');
  });
});
