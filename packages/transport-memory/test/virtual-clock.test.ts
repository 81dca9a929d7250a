import { VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';

test('timers fire by due time, then by age, at their own moment', async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  clock.setTimeout(() => fired.push(`late at ${clock.now()}`), 20);
  clock.setTimeout(() => fired.push(`first at ${clock.now()}`), 10);
  clock.setTimeout(() => fired.push(`second at ${clock.now()}`), 10);
  const cleared = clock.setTimeout(() => fired.push('never'), 5);
  clock.clearTimeout(cleared);
  clock.clearTimeout(undefined);
  await clock.advance(9);
  expect(fired).toEqual([]);
  await clock.advance(6);
  expect(fired).toEqual(['first at 10', 'second at 10']);
  expect(clock.now()).toBe(15);
  expect(clock.pending).toBe(1);
  await clock.runUntilIdle();
  expect(fired).toEqual(['first at 10', 'second at 10', 'late at 20']);
  expect(clock.now()).toBe(20);
});

test('what is promised settles between two timers', async () => {
  const clock = new VirtualClock();
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.setTimeout(resolve, ms);
    });
  const events: string[] = [];
  const walk = async (name: string, stepMs: number): Promise<void> => {
    for (let step = 0; step < 3; step++) {
      await sleep(stepMs);
      for (let i = 0; i < 20; i++) await undefined;
      events.push(`${name} ${clock.now()}`);
    }
  };
  void walk('slow', 25);
  void walk('quick', 10);
  await clock.runUntilIdle();
  expect(events).toEqual(['quick 10', 'quick 20', 'slow 25', 'quick 30', 'slow 50', 'slow 75']);
});

test('what never becomes idle is an error', async () => {
  const clock = new VirtualClock();
  const tick = (): void => void clock.setTimeout(tick, 1);
  tick();
  await expect(clock.runUntilIdle(50)).rejects.toThrow('Not idle after 50 timers');
});
