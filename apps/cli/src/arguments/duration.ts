import { usageFailure } from '../failure.js';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `500ms`, `5s`, `2m`, `1h`, and 0, in milliseconds. @throws Failure for anything else: a number alone has no unit */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  if (number === undefined)
    throw usageFailure(`${text}: not a time`, 'A number and its unit: 500ms, 5s, 2m, 1h; or 0.');
  return Number(number) * UNITS[unit as keyof typeof UNITS];
}
