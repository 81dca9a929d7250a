/**
 * Reads JSON without losing digits, and the words that Python writes though JSON has none for them. `JSON.parse` makes
 * 2**53 and 2**53+1 the same number, so a comparison through it would not see a difference that a peer sees.
 */

/** A JSON value. An integer that a double may not hold is a bigint. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

/** Members in the order in which they stand; a Map, because `__proto__` is a name like any other here. */
export type JsonObject = ReadonlyMap<string, Json>;

const token =
  /[ \t\r\n]*([[\]{},:]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|-?Infinity|NaN)/y;

const words = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** @throws SyntaxError when `text` is no JSON (or what Python takes for it) */
export function readJson(text: string): Json {
  let at = 0;
  const next = (): string => {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match?.[1]) throw new SyntaxError(`unreadable at ${at}: ${text}`);
    at = token.lastIndex;
    return match[1];
  };

  const value = (first = next()): Json => {
    if (first === '[') return list();
    if (first === '{') return object();
    if (first.startsWith('"')) return JSON.parse(first) as string;
    const word = words.get(first);
    if (word !== undefined) return word;
    const number = Number(first);
    if (Number.isNaN(number)) throw new SyntaxError(`unexpected ${first} in ${text}`);
    return /^-?\d+$/.test(first) && !Number.isSafeInteger(number) ? BigInt(first) : number;
  };

  const list = (): Json[] => {
    const items: Json[] = [];
    for (let first = next(); first !== ']'; first = next()) {
      items.push(value(first === ',' && items.length > 0 ? undefined : first));
    }
    return items;
  };

  const object = (): JsonObject => {
    const members = new Map<string, Json>();
    for (let key = next(); key !== '}'; key = next()) {
      if (key === ',' && members.size > 0) key = next();
      next(); // the colon
      members.set(JSON.parse(key) as string, value());
    }
    return members;
  };

  const result = value();
  if (text.slice(at).trim() !== '') throw new SyntaxError(`more than one value: ${text}`);
  return result;
}

/** The value as text, for messages of failed tests. */
export function showJson(value: Json | undefined): string {
  if (value instanceof Map) {
    return `{${[...value].map(([key, member]) => `${JSON.stringify(key)}:${showJson(member)}`).join()}}`;
  }
  if (Array.isArray(value)) return `[${value.map(showJson).join()}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value);
}
