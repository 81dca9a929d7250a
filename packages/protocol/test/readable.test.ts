import { defaultLimits, envelopeOf, LimitExceededError, ParseError, readMessage } from '@bjsonrpc/protocol';
import { describe, expect, test } from 'vitest';
import { assertReadable, LONG } from '../src/assert-readable.ts';
import { withoutBareWords } from '../src/without-bare-words.ts';
import { elapsedMs } from './elapsed-ms.ts';

const MIB = 2 ** 20;

const customer = (id: number) => ({
  id,
  name: `customer ${id}`,
  active: id % 2 === 0,
  score: id * 1.37,
  tags: ['a', 'bb', 'ccc'],
  address: { street: `Some street ${id}, Springfield`, zip: '12345' },
});
/** An answer such as programs send. */
const good = (length: number): string => {
  const list: object[] = [];
  for (let bytes = 0; bytes < length; bytes += JSON.stringify(list.at(-1)).length + 1)
    list.push(customer(list.length));
  return JSON.stringify({ id: 1, result: list, error: null });
};

/** Ten keys of 64, which stand in another order for every number. */
const keysFrom = (number: number): string =>
  Array.from(
    { length: 10 },
    (_, i) => `"k${(Math.imul(number + 1, 2 * i + 2_654_435_761) >>> (8 + i)) % 64}":1`,
  ).join();

const times = (part: string, length: number) => part.repeat(length / part.length);

describe('what would take long to parse is not parsed', () => {
  const texts: [string, (length: number) => string][] = [
    ['empty objects', (length) => `[${times('{},', length)}1]`],
    ['empty arrays', (length) => `[${times('[],', length)}1]`],
    ['NaN', (length) => `[${times('NaN,', length)}1]`],
    ['NaN at the end', (length) => `[${times('1,', length)}NaN]`],
    ['a fault at the end', (length) => `["NaN",${times('1,', length)}x]`],
    ['open brackets', (length) => times('[', length)],
    ['brackets', (length) => times('[', length / 2) + times(']', length / 2)],
    ['objects in objects', (length) => `${times('{"a":', length)}1${times('}', length / 5)}`],
    ['brackets, some of them closed', (length) => times('[[1],', length)],
    ['other keys each', (length) => `[${Array.from({ length: length / 12 }, (_, i) => `{"k${i}":1}`)}]`],
    [
      'the same keys in other orders',
      (length) => `[${Array.from({ length: length / 80 }, (_, i) => `{${keysFrom(i)}}`)}]`,
    ],
    ['what would stand between regular looks', (length) => times(`${'[],'.repeat(20)}1   `, length)],
  ];
  const length = 4 * MIB;
  const ofGood = elapsedMs(() => JSON.parse(good(length)));

  test.each(texts)('%s', (_, make) => {
    const text = make(length);
    expect(() => readMessage(text)).toThrow(LimitExceededError);
    expect(elapsedMs(() => readMessage(text))).toBeLessThan(3 * ofGood);
  });
});

describe('the limits are exact', () => {
  const limits = { maxNodes: 50_000, maxDepth: 20 };

  test('of values', () => {
    // And two brackets of two, a key of six, a text of three, the same again, and the whole.
    const most = `{"a":[${times('1,', 2 * 49_986)}"[,{"]}`;
    const padding = ' '.repeat(LONG);
    expect(readMessage(most + padding, limits)).toEqual(JSON.parse(most));
    const more = `${most.slice(0, -2)},1]}`;
    expect(() => readMessage(more + padding, limits)).toThrow('A message may hold 50000 values (maxNodes)');
    expect(() => readMessage(times('1,', 2 * 60_000), limits)).toThrow(LimitExceededError);
  });

  test('of nesting, however few the values', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}${' '.repeat(LONG)}`;
    expect(() => readMessage(nested(100_000))).toThrow('Nested deeper than 200 (maxDepth)');
    expect(readMessage(nested(20), limits)).toEqual(JSON.parse(nested(20)));
  });

  test('of values that bare words become', () => {
    const of = (count: number) => `[${times('NaN,', 4 * count)}-Infinity]`;
    expect((readMessage(of(3000), limits) as unknown[]).length).toBe(3001);
    expect(() => readMessage(of(8000), limits)).toThrow('maxNodes');
    expect(withoutBareWords('[NaN,NaN]', 16)).toContain('"NaN"');
    expect(() => withoutBareWords('[NaN,NaN]', 15)).toThrow(LimitExceededError);
  });

  test('commas and brackets in texts do not count', () => {
    const text = JSON.stringify({ a: ['[{,'.repeat(200_000), '\\",[{'.repeat(100_000)] });
    expect(readMessage(text)).toEqual(JSON.parse(text));
  });

  test('a good message of 5 MiB is within the defaults, and what is none is told apart', () => {
    const long = good(5 * MIB);
    expect(readMessage(long)).toEqual(JSON.parse(long));
    const text = good(2 * MIB);
    expect(() => readMessage(`${text}]`)).toThrow(ParseError);
    expect(() => readMessage(text.replace('"id"', 'NaN'))).toThrow(ParseError);
    expect(readMessage(text.replace('12345', 'NaN of "Infinity"'.replaceAll('"', '\\"')))).toBeTypeOf(
      'object',
    );
  });
});

test.each([LONG, MIB])('the look at a good message of %i costs little beside parsing it', (length) => {
  const text = good(length);
  const often = (run: () => unknown) => elapsedMs(() => Array.from({ length: 50 }, run));
  const looking = often(() => assertReadable(text, defaultLimits));
  expect(looking).toBeLessThan(0.1 * often(() => JSON.parse(text)));
});

describe('of what is not read, it can be told whom to answer', () => {
  const long = `[${times('1,', 100)}1]`;
  test.each<[string, object | undefined]>([
    [`{"params":${long},"method":"m","id":7}`, { method: 'm', id: 7 }],
    [`{"id":"a\\"b","method":"a\\u0062","kwparams":{"id":1,"method":"no"}}`, { method: 'ab', id: 'a"b' }],
    [
      ` {"\\u0069d" : 7, "result":${long}, "error":null, "more":true}`,
      { id: 7, result: null, error: null, more: true },
    ],
    [`{"id":7,"error":{"id":8}}`, { id: 7, error: null }],
    [`{"id":[7],"method":{}}`, { id: {}, method: {} }],
    [`{"id":1,"id":2`, { id: 2 }],
    ['{"method":"x', { method: {} }],
    [`{"method":"${'x'.repeat(2000)}"}`, { method: {} }],
    ['{"__proto__":1,"constructor":2}', {}],
    ['[{"id":7}]', undefined],
    ['7', undefined],
  ])('%s', (text, envelope) => {
    expect(envelopeOf(text)).toEqual(envelope);
  });
});
