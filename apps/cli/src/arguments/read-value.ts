import { usageFailure } from '../failure.js';

/**
 * One word of the command line as a value: JSON where it is JSON, and otherwise a text. What begins as JSON of some length
 * does (an object, an array, a quoted text) has to be it.
 *
 *     2 → 2    true → true    '{"a":1}' → an object    hello → 'hello'    '"2"' → '2'
 *
 * @throws Failure for broken JSON, and for an integer that a number cannot hold
 */
export function readValue(word: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(word);
  } catch (error) {
    if (/^\s*[[{"]/.test(word))
      throw usageFailure(
        `${word}: not JSON (${(error as Error).message})`,
        `In a shell, put JSON between single quotes: '{"a": 1}'. A text that begins so: '"[text"'.`,
      );
    return word;
  }
  if (typeof value === 'number' && /^-?\d+$/.test(word) && !Number.isSafeInteger(value))
    throw usageFailure(`${word}: the number would lose digits`, `As a text: '"${word}"'`);
  return value;
}
