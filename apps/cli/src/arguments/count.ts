import { usageFailure } from '../failure.js';

/** A whole number from 1 to a million. @throws Failure for anything else */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000)
    throw usageFailure(`${text}: not a count`, 'A whole number, from 1 on.');
  return count;
}
