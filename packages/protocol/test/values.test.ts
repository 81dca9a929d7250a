import { hintKeys, mayHoldHints, RegExpSource } from '@bjsonrpc/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectSame, hostileNames, Side, sent, Thing } from './fake-sides.ts';

const key = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
  { weight: 2, arbitrary: fc.constantFrom(...hintKeys, ...hostileNames) },
  { weight: 1, arbitrary: fc.constantFrom('callable', 'iterable', '__x', '_', '', '__remoteobject__ ') },
);
/** Whole numbers, odd ones, and those that JSON can only just hold; never -0, NaN or the infinities. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const primitive = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  number,
  fc.integer(),
  fc.string({ unit: 'binary' }),
);
const reference = fc.record({
  owner: fc.constant('A'),
  name: fc.constantFrom('mylist_0001', 'function_0002', '#4', ...hostileNames),
  kind: fc.constantFrom<Thing['kind'][]>('object', 'function', 'iterable'),
});
const rich = fc.oneof(
  fc.date({ noInvalidDate: true }),
  fc.bigInt(),
  fc.uint8Array({ maxLength: 9 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, undefined),
  fc.webUrl().map((href) => new URL(href)),
  fc.tuple(fc.string(), fc.string()).map(([source, flags]) => new RegExpSource(source, flags)),
);

/** Data with any of the leaves in any place, reserved keys among its keys. */
function tree(leaf: fc.Arbitrary<unknown>, containers: 'json' | 'rich'): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => {
    const value = tie('value');
    const object = fc
      .array(fc.tuple(key, value), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries.filter(([, member]) => member !== undefined)));
    const array = fc.array(value, { maxLength: 4 });
    const map = fc.array(fc.tuple(value, value), { maxLength: 3 }).map((entries) => new Map(entries));
    const set = fc.array(value, { maxLength: 3 }).map((values) => new Set(values));
    const data = [leaf, array, object];
    return {
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        ...(containers === 'json' ? data : [...data, map, set]),
      ),
    };
  }).value as fc.Arbitrary<unknown>;
}

describe('any value arrives as it left', () => {
  test('JSON, reserved and hostile keys anywhere', () => {
    fc.assert(fc.property(tree(primitive, 'json'), (value) => expectSame(sent(value), value)));
  });

  test('JSON is the same text in the plain profile and in the extended one', () => {
    fc.assert(
      fc.property(tree(primitive, 'json'), (value) => {
        const plain = new Side('A', 'B', { classHints: false });
        expect(plain.write(value)).toBe(new Side('A', 'B').write(value));
        expectSame(sent(value, { classHints: false }), value);
      }),
    );
  });

  test('JSON without reserved keys is written as JSON.stringify writes it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = new Side('A', 'B', { classHints: false }); // where -0 is 0, as in JSON
        expect(plain.write(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  test('references in any place, there and back', () => {
    const leaf = fc.oneof(
      primitive,
      reference.map(({ owner, name, kind }) => new Thing(owner, name, kind)),
    );
    fc.assert(
      fc.property(tree(leaf, 'json'), (value) => {
        const there = sent(value);
        expectSame(there, value); // A's objects, seen from B
        const back = new Side('A', 'B').read(new Side('B', 'A').write(there));
        // Home again everything is the owner's own object; what it can do is known there.
        expect(JSON.stringify(back)).toBe(
          JSON.stringify(value, (_, item: unknown) =>
            item instanceof Thing ? new Thing(item.owner, item.name, 'object') : item,
          ),
        );
      }),
    );
  });

  test('rich values in any place, as keys of Maps, too', () => {
    fc.assert(
      fc.property(tree(fc.oneof(primitive, rich), 'rich'), (value) => expectSame(sent(value), value)),
    );
  });

  test('what the walk is spared has no hint in it', () => {
    fc.assert(
      fc.property(tree(fc.oneof(primitive, rich), 'rich'), (value) => {
        const text = new Side('A', 'B').write(value);
        if (mayHoldHints(text)) return;
        expectSame(JSON.parse(text), value);
      }),
    );
  });
});

describe('data that looks like a reference stays data', () => {
  const lookalikes: readonly unknown[] = [
    ...hintKeys.map((hint) => ({ [hint]: 'mylist_0001' })),
    ...hintKeys.map((hint) => ({ [hint]: null })),
    { __remoteobject__: 'x', callable: true },
    { __jsonclass__: ['Date', ['2026-11-22T00:00:00.000Z']] },
    { __literal__: { __literal__: { __remoteobject__: 'x' } } },
    { __literal__: 5, __remoteobject__: 'x', other: [{ __objectreference__: '#4' }] },
    { a: { b: [{ __functionreference__: 'add' }] } },
    JSON.parse('{"__proto__":{"__remoteobject__":"x"}}'),
  ];
  test.each(lookalikes.map((value) => [JSON.stringify(value), value]))('%s', (_, value) => {
    expectSame(sent(value), value);
    expectSame(sent([value], { classHints: false }), [value]);
    expectSame(sent({ a: value }), { a: value });
  });

  test('in a literal the keys are data, and the members are not', () => {
    const thing = new Thing('A', 'mylist_0001', 'object');
    const value = { __remoteobject__: thing, b: [new Date(5)] };
    expect(new Side('A', 'B').write(value)).toBe(
      '{"__literal__":{"__remoteobject__":{"__remoteobject__":"mylist_0001"},' +
        '"b":[{"__jsonclass__":["Date",["1970-01-01T00:00:00.005Z"]]}]}}',
    );
    expect(sent(value)).toStrictEqual(value);
  });
});

describe('what a hint means', () => {
  const read = (text: string): unknown => new Side('B', 'A').read(text);
  const cases: readonly [text: string, value: unknown][] = [
    ['{"__remoteobject__":"mylist_0001"}', new Thing('A', 'mylist_0001', 'object')],
    ['{"__remoteobject__":"f_0002","callable":true}', new Thing('A', 'f_0002', 'function')],
    ['{"__remoteobject__":"f_0002","callable":1}', new Thing('A', 'f_0002', 'object')],
    ['{"__remoteobject__":"s_0003","iterable":true}', new Thing('A', 's_0003', 'iterable')],
    ['{"__objectreference__":"mylist_0001"}', new Thing('B', 'mylist_0001', 'object')],
    ['{"__functionreference__":"mylist_0001.add"}', new Thing('B', 'mylist_0001.add', 'method')],
    ['{"\\u005f_remoteobject__":"mylist_0001"}', new Thing('A', 'mylist_0001', 'object')],
    ['{"_\\u005Fremoteobject_\\u005f":"mylist_0001"}', new Thing('A', 'mylist_0001', 'object')],
    ['{"x":1,"__remoteobject__":"mylist_0001"}', new Thing('A', 'mylist_0001', 'object')],
    ['{"__objectreference__":"b","__remoteobject__":"a"}', new Thing('A', 'a', 'object')],
    ['{"__literal__":{"__literal__":1},"x":2}', { __literal__: 1 }],
    ['[{"a":[{"__objectreference__":"o"}]}]', [{ a: [new Thing('B', 'o', 'object')] }]],
    ['{"__jsonclass__":["undefined"]}', undefined],
    ['{"__jsonclass__":["undefined",[]]}', undefined],
    ['{"__jsonclass__":["Set",[[{"__jsonclass__":["BigInt",["5"]]}]]]}', new Set([5n])],
    ['{"__remoteobjects__":"x"}', { __remoteobjects__: 'x' }],
  ];
  test.each(cases)('%s', (text, value) => {
    expect(mayHoldHints(text)).toBe(true);
    expect(read(text)).toStrictEqual(value);
  });

  const malformed: readonly string[] = [
    ...['5', 'null', '""', '[]', '{}', 'true'].flatMap((value) => [
      `{"__remoteobject__":${value}}`,
      `{"__objectreference__":${value}}`,
      `{"__functionreference__":${value}}`,
    ]),
    ...['5', 'null', '"x"', '[]'].map((value) => `{"__literal__":${value}}`),
    ...['5', 'null', '"Date"', '{}', '["Date",5]', '["Date",{}]'].map(
      (value) => `{"__jsonclass__":${value}}`,
    ),
  ];
  test.each(malformed)('%s is refused, and named', (text) => {
    const hint = hintKeys.find((candidate) => text.includes(candidate));
    expect(() => read(text)).toThrow(`Malformed ${hint}`);
    expect(() => read(`[{"a":${text}}]`)).toThrow(`Malformed ${hint}`);
  });
});

test('hostile keys do not reach any prototype', () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const text = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},
    "a":{"__proto__":{"__jsonclass__":["Date",[null]]}},"__literal__x":0}`;
  const value = new Side('B', 'A').read(text) as { [key: string]: unknown };
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
  expect((value as { polluted?: unknown }).polluted).toBe(undefined);
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'a', '__literal__x']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  const inner = Object.getOwnPropertyDescriptor(value.a, '__proto__')?.value;
  expect(inner).toBeInstanceOf(Date); // decoded, and still a member of that name
  expect(Object.getPrototypeOf(value.a)).toBe(Object.prototype);
});
