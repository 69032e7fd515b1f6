/** The configurations that `warmpool plan` tries. */
import { describe, expect, it } from 'vitest';
import { SIMULATE_SETTINGS } from '../../../src/lab/sim/settings.ts';
import { candidates } from '../../../src/lab/sim/sweep.ts';
import { POLICY_NAMES } from '../../../src/settings/policies.ts';
import { readSettings } from '../../../src/settings/setting.ts';

describe('the candidates', () => {
  it.each([1, 2, 5, 7, 32, 1_000])(
    'of a pool of %d reserve from one worker to all, and are not endlessly many',
    (most) => {
      const all = candidates(most, 100);
      const floors = [...new Set(all.map(({ reserved }) => reserved))];
      expect(floors[0]).toBe(1);
      expect(floors.at(-1)).toBe(most);
      expect(floors).toEqual([...floors].sort((a, b) => a - b));
      expect(floors.length).toBeLessThanOrEqual(10);
    },
  );

  it('are of every policy over every size of the floor, none twice', () => {
    const all = candidates(4, 100);
    for (const reserved of [1, 2, 3, 4]) {
      const policies = new Set(all.filter((one) => one.reserved === reserved).map(({ policy }) => policy));
      expect(policies).toEqual(new Set(POLICY_NAMES));
    }
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('are named by the flags that `warmpool simulate` and `serve` take for them', () => {
    for (const { name, policy, reserved, scaling, keepAlive } of candidates(3, 100)) {
      const words = name.split(' ');
      const flags = Object.fromEntries(
        Array.from({ length: words.length / 2 }, (_, i) => [camelCase(words[2 * i] ?? ''), words[2 * i + 1]]),
      );
      const { values } = readSettings(SIMULATE_SETTINGS, flags, {});
      expect(values).toMatchObject({ policy: [policy], reserved });
      expect(scaling.name).toBe(policy);
      if (flags.keepAlive !== undefined) expect(values.keepAlive.name).toBe(keepAlive.name);
    }
  });

  it('have targets in proportion to the service time', () => {
    const targets = (serviceMs: number) =>
      candidates(1, serviceMs).flatMap(({ name }) => /--target-wait (\S+)/.exec(name)?.[1] ?? []);
    expect(targets(200).map(Number)).toEqual(targets(100).map((target) => 2 * Number(target)));
  });
});

/** `--keep-alive` → `keepAlive` */
function camelCase(flag: string): string {
  return flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
