import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agenda } from '../../../src/lab/sim/agenda.ts';

const times = fc.array(fc.nat(30), { maxLength: 60, size: 'max' });

describe('the agenda', () => {
  it('does everything in the order of time, then in the order in which it was planned', () => {
    const property = fc.property(times, (times) => {
      const agenda = new Agenda();
      const done: number[] = [];
      for (const [i, at] of times.entries()) agenda.add(at, () => done.push(i));
      while (agenda.step(Number.POSITIVE_INFINITY)) {}
      const planned = times.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at || a.i - b.i);
      expect(done).toEqual(planned.map(({ i }) => i));
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('does nothing that was cancelled, and nothing after the time that it is given', () => {
    const property = fc.property(times, fc.nat(30), (times, until) => {
      const agenda = new Agenda();
      const done: number[] = [];
      const appointments = times.map((at, i) => agenda.add(at, () => done.push(i)));
      for (const [i, appointment] of appointments.entries()) if (i % 3 === 0) appointment.cancelled = true;
      while (agenda.step(until)) {}
      const due = times.flatMap((at, i) => (at <= until && i % 3 !== 0 ? [i] : []));
      expect(done.sort((a, b) => a - b)).toEqual(due);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('has the time of what it does', () => {
    const agenda = new Agenda(100);
    const seen: number[] = [];
    for (const at of [300, 150]) agenda.add(at, () => seen.push(agenda.now));
    while (agenda.step(1_000)) {}
    expect(seen).toEqual([150, 300]);
    expect(agenda.now).toBe(300);
  });

  it('takes a time that has passed for now, and never comes to infinity', () => {
    const agenda = new Agenda(100);
    const done: string[] = [];
    agenda.add(Number.POSITIVE_INFINITY, () => done.push('never'));
    agenda.add(50, () => done.push(`late, at ${agenda.now}`));
    while (agenda.step(Number.POSITIVE_INFINITY)) {}
    expect(done).toEqual(['late, at 100']);
  });

  it('does at once what is planned for now while it does something else', () => {
    const agenda = new Agenda();
    const done: string[] = [];
    agenda.add(10, () => {
      done.push('first');
      agenda.add(10, () => done.push('third'));
    });
    agenda.add(10, () => done.push('second'));
    while (agenda.step(10)) {}
    expect(done).toEqual(['first', 'second', 'third']);
  });

  it('says whether there was something to do', () => {
    const agenda = new Agenda();
    expect(agenda.step(100)).toBe(false);
    agenda.add(10, () => {}).cancelled = true;
    expect(agenda.step(100)).toBe(false);
    agenda.add(20, () => {});
    expect([agenda.step(15), agenda.step(20), agenda.step(20)]).toEqual([false, true, false]);
  });
});
