import type { ByteOptions } from './byte-limits.js';

/** What an option may be: a kind by name, or a sentence about it and a test. */
export type OptionKind =
  | 'string'
  | 'boolean'
  | 'amount'
  | 'port'
  | 'object'
  | 'function'
  | readonly [what: string, isIt: (value: unknown) => boolean];

const KINDS = {
  string: ['a string', (value) => typeof value === 'string'],
  boolean: ['a boolean', (value) => typeof value === 'boolean'],
  amount: ['a number, 0 or more', (value) => typeof value === 'number' && value >= 0],
  port: [
    'a port, 0 to 65535',
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65536,
  ],
  object: ['an object', (value) => typeof value === 'object' && value !== null],
  function: ['a function', (value) => typeof value === 'function'],
} as const satisfies Record<string, readonly [string, (value: unknown) => boolean]>;

/** The options that every transport over bytes has. */
export const BYTE_OPTION_KINDS: Readonly<Record<keyof ByteOptions, OptionKind>> = {
  maxMessageBytes: 'amount',
  maxUnfinishedBytes: 'amount',
  maxWriteBufferBytes: 'amount',
  messageTimeoutMs: 'amount',
  firstMessageMs: 'amount',
  writeStallMs: 'amount',
  closeTimeoutMs: 'amount',
};

/**
 * Options that are misspelled, or of the wrong kind, would be ignored in silence. One that is undefined is not given.
 *
 * @param what whose options these are, as people call it: `tcp`
 * @throws TypeError which names the option, and what there is or what it may be
 */
export function checkOptions(what: string, given: object, kinds: Readonly<Record<string, OptionKind>>): void {
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`${what}(): its options are an object`);
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      const known = Object.keys(kinds).join(', ');
      throw new TypeError(`${what}(): there is no option '${name}'; there are ${known}`);
    }
    const [expected, isIt] = typeof kind === 'string' ? KINDS[kind] : kind;
    if (value !== undefined && !isIt(value)) throw new TypeError(`${what}(): ${name} must be ${expected}`);
  }
}
