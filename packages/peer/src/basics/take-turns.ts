import type { Clock } from './clock.js';

/** Who waits for a turn, on each clock. */
const lines = new WeakMap<Clock, (() => void)[]>();

/**
 * Runs something soon, after whatever else the process has to do: of all that wait, one at a time. For long work that is done in
 * slices, by many connections perhaps.
 */
export function takeTurn(clock: Clock, step: () => void): void {
  const line = lines.get(clock);
  if (line) return void line.push(step);
  lines.set(clock, [step]);
  next(clock);
}

function next(clock: Clock): void {
  const timer = clock.setTimeout(() => {
    const line = lines.get(clock) ?? [];
    const step = line.shift();
    if (line.length > 0) next(clock);
    else lines.delete(clock);
    step?.();
  }, 0);
  clock.ref?.(timer);
}
