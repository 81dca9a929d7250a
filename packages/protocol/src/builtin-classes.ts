import { assertSpread } from './assert-spread.js';
import { type Attach, bytesKind, bytesTypes, decodeBytes, encodeBytes } from './bytes.js';
import { isError } from './is-error.js';
import { parseUrl } from './parse-url.js';
import { RegExpSource } from './reg-exp-source.js';
import { withoutStack } from './without-stack.js';

/** One line of the table: a name on the wire, the classes it stands for, and how their instances travel. */
export interface BuiltinClass {
  readonly name: string;
  /** Empty for values that are no instances: the encoder knows undefined and odd numbers itself. */
  readonly types: readonly (abstract new (
    ...args: never[]
  ) => unknown)[];
  /**
   * Throws for what is no instance. It knows those of other realms as well, by what no object can pretend to have; only
   * a URL has nothing of the kind.
   */
  readonly probe?: (value: object) => unknown;
  readonly encode: (value: never, attach?: Attach) => readonly unknown[];
  readonly decode: (...args: unknown[]) => unknown;
}

const MAX_BIGINT_DIGITS = 4300; // reading decimal digits takes more than linear time: Python has the same bound
const MAX_DATE_LENGTH = 64;

/** The values beyond JSON that every peer knows (section 10). */
export const builtinClasses: readonly BuiltinClass[] = [
  {
    name: 'Date',
    types: [Date],
    probe: (value) => Date.prototype.getTime.call(value),
    encode: (date: Date) => [Number.isNaN(date.getTime()) ? null : date.toISOString()],
    decode: (text) => {
      if (text === null) return new Date(Number.NaN);
      const date = new Date(string(text).length > MAX_DATE_LENGTH ? Number.NaN : string(text));
      if (Number.isNaN(date.getTime())) throw new TypeError('not a date in ISO 8601');
      return date;
    },
  },
  { name: 'Bytes', types: bytesTypes, probe: bytesKind, encode: encodeBytes, decode: decodeBytes },
  {
    name: 'Map',
    types: [Map],
    probe: (value) => Map.prototype.has.call(value, value),
    encode: (map: Map<unknown, unknown>) => [[...map]],
    decode: (given) => {
      const entries = list(given).map((entry) => list(entry) as [unknown, unknown]);
      assertSpread(entries.map(([key]) => key));
      return new Map(entries);
    },
  },
  {
    name: 'Set',
    types: [Set],
    probe: (value) => Set.prototype.has.call(value, value),
    encode: (set: Set<unknown>) => [[...set]],
    decode: (values) => {
      assertSpread(list(values));
      return new Set(list(values));
    },
  },
  {
    name: 'URL',
    types: [URL],
    probe: (value) =>
      new URL(Object.prototype.toString.call(value) === '[object URL]' ? (value as URL).href : ''),
    encode: (url: URL) => [String(url.href)],
    decode: (href) => parseUrl(string(href)),
  },
  {
    name: 'RegExp',
    types: [RegExp, RegExpSource],
    probe: (value) => Reflect.get(RegExp.prototype, 'source', value),
    encode: (pattern: RegExp | RegExpSource) => [pattern.source, pattern.flags],
    decode: (source, flags) => new RegExpSource(string(source), string(flags)),
  },
  {
    name: 'Error',
    types: [Error],
    probe: (value) => {
      if (!isError(value)) throw new TypeError('not an Error');
    },
    encode: ({ name, message, code, data }: Error & { code?: unknown; data?: unknown }) =>
      code === undefined && data === undefined
        ? [String(name), String(message)]
        : [String(name), String(message), code ?? null, data ?? null],
    decode: (name, message, code = null, data = null) =>
      Object.assign(
        withoutStack(() => new Error(string(message))),
        { name: string(name) },
        code !== null && { code },
        data !== null && { data },
      ),
  },
  {
    name: 'Number',
    types: [],
    encode: () => [],
    decode: (text) => {
      if (!/^(NaN|-?Infinity|-0)$/.test(string(text))) throw new TypeError('JSON has that number itself');
      return Number(text);
    },
  },
  {
    name: 'BigInt',
    types: [BigInt as unknown as abstract new () => unknown],
    encode: (value: bigint) => [String(value)],
    decode: (digits) => {
      const text = string(digits);
      if (text.length > MAX_BIGINT_DIGITS) throw new TypeError(`more than ${MAX_BIGINT_DIGITS} digits`);
      if (!/^-?\d+$/.test(text)) throw new TypeError('not an integer');
      return BigInt(text);
    },
  },
  { name: 'undefined', types: [], encode: () => [], decode: () => undefined },
];

function string(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a string is expected');
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('an array is expected');
  return value;
}
