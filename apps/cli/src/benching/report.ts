import type { Measured } from './measure.js';

/** The figures, for programs: times in milliseconds. Of notifications nobody waits. */
export function figures({ count, seconds, waited }: Measured, isAnswered: boolean): object {
  return {
    perSecond: count / seconds,
    count,
    seconds,
    ...(isAnswered && { p50: waited.within(0.5), p99: waited.within(0.99), max: waited.maxMs }),
  };
}

/** The same for people. */
export function sentences({ count, seconds, waited }: Measured, isAnswered: boolean): string {
  const what = isAnswered ? 'calls' : 'notifications';
  const rate = `${inGroups(count / seconds)} ${what} a second: ${inGroups(count)} in ${seconds.toFixed(1)} s`;
  if (!isAnswered) return rate;
  const [half, most] = [waited.within(0.5), waited.within(0.99)].map(msText);
  return `${rate}\nhalf of them within ${half}, 99 % within ${most}, the slowest in ${msText(waited.maxMs)}`;
}

export function inGroups(amount: number): string {
  return Math.round(amount).toLocaleString('en');
}

function msText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : Math.round(ms)} ms`;
}
