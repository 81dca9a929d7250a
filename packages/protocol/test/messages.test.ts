import { decodeValue, isResponse, type Message, ParseError, readMessage } from '@bjsonrpc/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutBareWords } from '../src/without-bare-words.ts';
import { Side } from './fake-sides.ts';

/** A message read by hand has no members but these, and some of them are undefined instead of absent or null. */
function expectReadAs(message: unknown, expected: unknown): void {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) {
    expect(message).toStrictEqual(expected);
    return;
  }
  const { method, id, params, kwparams, result, error, more, stream, timeout } = message as Message;
  const members = { method, id, params, kwparams, result, error: error ?? null, more, stream, timeout };
  const wanted = expected as Message;
  expect(members).toEqual({
    method: wanted.method,
    id: wanted.id,
    params: wanted.params,
    kwparams: wanted.kwparams,
    result: wanted.result,
    error: wanted.error ?? null,
    more: wanted.more,
    stream: wanted.stream,
    timeout: wanted.timeout,
  });
  expect(isResponse(message as Message)).toBe(isResponse(wanted));
}

describe('JSON is read as JSON.parse reads it', () => {
  const short = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('"', '\\', '\\"', '\u2028', '\ud800', '\u0000', '\n', '__proto__', ','),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.constantFrom(true, false, null, 0, -0, 1e15, 999_999_999_999_999, [], {}, [1], 'null'),
  );
  const call = fc.record(
    {
      params: fc.array(short, { maxLength: 4 }),
      method: fc.oneof(fc.constantFrom('add', 'a.b', '', '"', '\\'), fc.string()),
      id: short,
    },
    { requiredKeys: ['params', 'method'] },
  );
  const answer = fc.record({ id: short, result: short, error: fc.constantFrom(null, 'no', 0) });

  test('messages of the common form', () => {
    fc.assert(
      fc.property(fc.oneof(call, answer), (message) => {
        const text = JSON.stringify(message);
        expectReadAs(readMessage(text), JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test('messages almost of the common form: one character more, less, or other', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.integer({ min: 0, max: 2 }),
      insert: fc.oneof(
        fc.constantFrom('', ' ', ',', '0', '-', '.', 'e', '"', '}', ']', '[', '\\', '\t', '\n', 'null'),
        fc.string({ maxLength: 2 }),
      ),
    });
    fc.assert(
      fc.property(fc.oneof(call, answer), edit, (message, { at, remove, insert }) => {
        const text = JSON.stringify(message);
        const start = at % (text.length + 1);
        const edited = text.slice(0, start) + insert + text.slice(start + remove);
        let expected: unknown;
        try {
          expected = JSON.parse(edited);
        } catch {
          expect(() => readMessage(edited)).toThrow(ParseError);
          return;
        }
        expectReadAs(readMessage(edited), expected);
      }),
      { numRuns: 3000 },
    );
  });

  const texts = [
    '{"params":[1],"method":"m","id":01}',
    '{"params":[01],"method":"m","id":1}',
    '{"params":[1,],"method":"m","id":1}',
    '{"params":[],"method":"m","id":1}',
    '{"params":[1],"method":"m","id":1}}',
    '{"params":[1],"method":"m","id":1} ',
    '{"params":[1],"method":"m","id":1.0}',
    '{"params":[1],"method":"m","id":1e2}',
    '{"params":[1],"method":"m","id":-1}',
    '{"params":[1],"method":"m","id":9007199254740993}',
    '{"params":[1],"method":"m","id":"1"}',
    '{"params":[1],"method":"m","id":1,"id":2}',
    '{"params":[1],"method":"m","params":[2]}',
    '{"params":[1],"method":"m",}',
    '{"params":["a\u0001"],"method":"m"}',
    '{"params":["a\\u0041"],"method":"m"}',
    '{"params":[nullx],"method":"m"}',
    '{"params":[tru],"method":"m"}',
    '{"params":[1 ],"method":"m"}',
    '{"id":1,"result":5,"error":null}',
    '{"id":1,"result":5,"error":nul}',
    '{"id":1,"result":5,"error":null,"more":true}',
    '{"id":1,"result":,"error":null}',
    '{"id":1,"result":"x","error":"y"}',
    '{"id":null,"result":5,"error":null}',
    '{"id":1,"result":"unterminated,"error":null}',
    '{"id":1,"result":truefalse,"error":null}',
    '[{"id":1,"result":5,"error":null}]',
    '5',
    '"text"',
    'null',
  ];
  test.each(texts)('%s', (text) => {
    let expected: unknown;
    try {
      expected = JSON.parse(text);
    } catch {
      expect(() => readMessage(text)).toThrow(ParseError);
      return;
    }
    expectReadAs(readMessage(text), expected);
  });

  test.each([
    '',
    ' ',
    '{',
    '{]',
    'nul',
    '{"a":1}{"b":2}',
    "{'a':1}",
    '{"a":undefined}',
    '[1,]',
    '\ufeff{}',
    '{"a":"\n"}',
  ])('is none: %j', (text) => {
    expect(() => readMessage(text)).toThrow(ParseError);
  });
});

describe('Python’s bare words', () => {
  test.each<[string, unknown]>([
    ['[NaN]', [Number.NaN]],
    ['[Infinity,-Infinity]', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['{"a":NaN,"b":[ NaN , Infinity ]}', { a: Number.NaN, b: [Number.NaN, Number.POSITIVE_INFINITY] }],
  ])('%s', (text, value) => {
    expect(decodeDirectly(text)).toStrictEqual(value);
  });

  test('in texts they are texts', () => {
    const word = fc.constantFrom('NaN', 'Infinity', '-Infinity', '[NaN]', '"NaN"', '\\"NaN', '\\NaN\\');
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.string())), (entries) => {
        const data = entries.map(([a, b]) => ({ [`${a}${b}`]: b + a }));
        // One real word makes the text one that JSON.parse refuses.
        const text = `[NaN,${JSON.stringify(data)}]`;
        expect(decodeDirectly(text)).toStrictEqual([Number.NaN, JSON.parse(JSON.stringify(data))]);
      }),
    );
  });

  test.each([
    'NaNx',
    '[aNaN]',
    '[-NaN]',
    '[NaN1]',
    '[1NaN]',
    '{NaN:1}',
    '[NaN',
    '[Infinit]',
    '[+Infinity]',
    '"NaN',
    '[NaN]]',
    'Infinity-',
  ])('are no cure for other faults: %s', (text) => {
    expect(() => readMessage(text)).toThrow(ParseError);
  });

  test('a text without them is not rewritten', () => {
    expect(withoutBareWords('{"a":1', 9)).toBe(undefined);
    expect(withoutBareWords('{"NaN":1}', 9)).toBe(undefined);
  });
});

/** The value of a text, NaN being a hint on its way there. */
function decodeDirectly(text: string): unknown {
  return decodeValue(readMessage(text), new Side('B', 'A'));
}

test('what may be a response', () => {
  const is = (text: string) => isResponse(JSON.parse(text) as Message);
  expect(is('{"result":null,"error":null,"id":1}')).toBe(true);
  expect(is('{"result":0}')).toBe(true);
  expect(is('{"error":"x"}')).toBe(true);
  expect(is('{"id":1}')).toBe(false);
  expect(is('{}')).toBe(false);
  expect(is('{"method":"m","result":1}')).toBe(false);
});
