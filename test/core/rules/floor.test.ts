import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/core/contracts/errors.ts';
import { fixedKeepAlive } from '../../../src/core/policies/keep-alive.ts';
import { brief, warmPool, workers } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

describe('the reserved floor', () => {
  it('is started at once when provisioned', () => {
    const pool = new VirtualPool();
    expect(brief(pool.provision(2))).toEqual(['start 1', 'start 2', 'wakeAt 60000']);
    expect(workers(pool.runTo(1_000))).toEqual(['1 a reserved idle', '2 a reserved idle']);
  });

  it('is restored at once when a warm worker dies', () => {
    const pool = warmPool(2);
    expect(brief(pool.kill(1))).toContain('start 3');
  });

  it('promotes on-demand workers before it starts new ones', () => {
    const pool = new VirtualPool();
    pool.submit('p');
    pool.runTo(500);
    expect(brief(pool.provision(2))).toEqual(['start 2']);
    expect(workers(pool)).toEqual(['1 a reserved idle', '2 a reserved starting']);
  });

  it('demotes what is too much, which then leaves through its keep-alive', () => {
    const pool = warmPool(2, { keepAlive: fixedKeepAlive(700) });
    expect(brief(pool.provision(1))).toEqual(['wakeAt 1700']);
    expect(workers(pool)).toEqual(['1 a reserved idle', '2 a on-demand idle']);
    expect(workers(pool.runTo(1_710))).toEqual(['1 a reserved idle']);
  });

  it('demotes a busy worker without disturbing its task', () => {
    const pool = warmPool(1, { keepAlive: fixedKeepAlive(0) });
    pool.submit('p');
    pool.provision(0);
    expect(workers(pool)).toEqual(['1 a on-demand busy']);
    pool.runToRest();
    expect(pool.job('p')).toMatchObject({ answeredBy: 1, endedAt: 1_100 });
    expect(workers(pool)).toEqual([]);
  });

  it('takes the place of an idle on-demand worker of another model', () => {
    const pool = new VirtualPool({ maxWorkers: 1 });
    pool.submit('p', 'b');
    pool.runTo(500);
    expect(brief(pool.provision(1, 'a'))).toContain('stop 1');
    expect(workers(pool.runTo(1_000))).toEqual(['2 a reserved idle']);
  });

  it('makes room for one worker at a time, as the next to leave may do so of its own accord', () => {
    const pool = new VirtualPool({ maxWorkers: 2 });
    pool.submit('p', 'b');
    pool.submit('q', 'c');
    pool.runTo(500).provision(1, 'a');
    expect(workers(pool)).toEqual(['1 b on-demand stopping', '2 c on-demand idle']);
    pool.submit('r', 'c');
    pool.cancel('r');
    expect(workers(pool.runTo(1_000))).toEqual(['2 c on-demand idle', '3 a reserved idle']);
  });

  it('waits for a busy on-demand worker of another model to finish, and comes before its next request', () => {
    const pool = new VirtualPool({ maxWorkers: 1 });
    pool.submit('p', 'b');
    pool.submit('q', 'b');
    pool.runTo(350).provision(1, 'a');
    pool.runTo(400);
    expect(workers(pool)).toEqual(['1 b on-demand stopping']);
    expect(pool.job('p').answeredBy).toBe(1);
  });

  it('takes at once the place that another model gives up, though no other has one to spare', () => {
    const pool = new VirtualPool({ maxWorkers: 2 }, { serve: ([id]) => ({ ms: id === 'long' ? 1e4 : 500 }) });
    pool.provision(0, 'a');
    pool.provision(1, 'b');
    pool.runTo(1_000);
    for (const id of ['p', 'long', 'q']) pool.submit(id, 'b');
    pool.runTo(2_500);
    expect(workers(pool)).toEqual(['1 b reserved idle', '2 b on-demand busy']);
    expect(brief(pool.provision(1, 'a'))).toEqual([]);
    expect(brief(pool.provision(0, 'b'))).toContain('stop 1');
  });

  it('refuses what does not fit and quotes the numbers', () => {
    const pool = new VirtualPool({ maxWorkers: 4 });
    pool.provision(3, 'b');
    const refused = new GatewayError(
      'BAD_USER_INPUT',
      'Cannot reserve 2 workers for a: it must be a whole number from 0 to 1 ' +
        '(at most 4 workers, 3 reserved for other models).',
    );
    expect(() => pool.provision(2, 'a')).toThrow(refused);
    expect(() => pool.provision(-1, 'b')).toThrow('Cannot reserve -1 workers');
    expect(() => pool.provision(1.5, 'b')).toThrow('Cannot reserve 1.5 workers');
    expect(workers(pool)).toHaveLength(3);
  });
});
