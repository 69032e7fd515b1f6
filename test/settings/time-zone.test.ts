import { afterEach, describe, expect, it, vi } from 'vitest';
import { isTimeZone, machineTimeZone } from '../../src/settings/time-zone.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('time zones', () => {
  it.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['Mars/Base', false],
    ['', false],
  ])('"%s" is one: %s', (name, known) => {
    expect(isTimeZone(name)).toBe(known);
  });

  it.each([
    ['Asia/Tokyo', 'Asia/Tokyo'],
    ['Mars/Base', 'UTC'],
  ])("the machine's is, where its environment says %s, %s", (zone, expected) => {
    vi.stubEnv('TZ', zone);
    expect(machineTimeZone()).toBe(expected);
  });
});
