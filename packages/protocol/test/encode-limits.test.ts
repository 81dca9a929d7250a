import { LimitExceededError, nestsDeeperThan, UnsendableError } from '@bjsonrpc/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectSame, Side, Thing } from './fake-sides.ts';

class Socket {}

const side = new Side('A', 'B');

/** What to do instead, where it is not what is done with any class. */
const ADVICE: Readonly<Record<string, string>> = { 'a Promise': ': await it first' };

describe('what cannot travel is named, with its path', () => {
  const cases: readonly [value: unknown, path: string, what: string][] = [
    [[{ user: { socket: new Socket() } }], 'params[0].user.socket', 'a Socket'],
    [[[new Socket()]], 'params[0][0]', 'a Socket'],
    [{ a: new (class Apple {})() }, 'params.a', 'an Apple'],
    [[Symbol('x')], 'params[0]', 'a symbol'],
    [[() => {}], 'params[0]', 'the function '],
    [[function named() {}], 'params[0]', 'the function named'],
    [[Promise.resolve()], 'params[0]', 'a Promise'],
    [[new WeakMap()], 'params[0]', 'a WeakMap'],
    [[Object(5)], 'params[0]', 'a Number'],
    [[new Map([['k', new Socket()]])], 'params[0]', 'a Socket'],
    [[new Set([Symbol.iterator])], 'params[0]', 'a symbol'],
    [[Object.create({ inherited: 1 })], 'params[0]', 'an Object'],
  ];
  test.each(cases.map(([value, path, what]) => [what, path, value] as const))(
    '%s at %s',
    (what, path, value) => {
      let thrown: unknown;
      try {
        side.write(value);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(UnsendableError);
      const { message, path: told } = thrown as UnsendableError;
      expect(told.startsWith(path)).toBe(true);
      const advice =
        ADVICE[what] ??
        (/^an? [A-Z]/.test(what) ? ': let its class extend Handler, or register a Codec' : '');
      expect(message).toBe(`${told}: cannot send ${what}${advice}`);
    },
  );

  test('null prototypes and symbol keys are no obstacle', () => {
    expect(side.write(Object.assign(Object.create(null), { a: [1] }))).toBe('{"a":[1]}');
    expect(side.write({ a: 1, [Symbol('x')]: 2 })).toBe('{"a":1}');
  });

  test('toJSON is a member like any other', () => {
    expect(() => side.write([{ toJSON: () => 5 }])).toThrow(
      'params[0].toJSON: cannot send the function toJSON',
    );
    expect(side.write({ toJSON: new Thing('A', 'f_0001', 'function') })).toBe(
      '{"toJSON":{"__remoteobject__":"f_0001","callable":true}}',
    );
  });
});

/** Something in `levels` arrays, or in as many objects, Maps, literals. */
const wrappers: { readonly [kind: string]: (inner: unknown) => unknown } = {
  array: (inner) => [inner],
  object: (inner) => ({ a: inner }),
  Map: (inner) => new Map([[1, inner]]),
  Set: (inner) => new Set([inner]),
  literal: (inner) => ({ __literal__: inner }),
};

function nested(kind: string, levels: number, inner: unknown = 0): unknown {
  let value = inner;
  for (let i = 0; i < levels; i++) value = wrappers[kind]?.(value);
  return value;
}

describe('depth', () => {
  const innermost: readonly unknown[] = [
    0,
    [],
    {},
    undefined,
    1n,
    Number.NaN,
    new Date(0),
    new Set([1]),
    { __literal__: 1 },
    new Thing('A', 'o_0001', 'object'),
    new Thing('A', 'f_0001', 'function'),
  ];
  test.each(Object.keys(wrappers))(
    'whatever of %s is written, a reader with the same bound takes',
    (kind) => {
      for (const inner of innermost) {
        const maxDepth = 12;
        const bounded = new Side('A', 'B', { maxDepth });
        let deepest = 0;
        for (let levels = 1; levels <= maxDepth + 3; levels++) {
          const value = kind === 'object' && inner === undefined ? 0 : nested(kind, levels, inner);
          let text: string;
          try {
            text = bounded.write(value);
          } catch (error) {
            expect(error).toBeInstanceOf(LimitExceededError);
            expect((error as Error).message).toContain('maxDepth');
            continue;
          }
          deepest = levels;
          // The message's own object is a level, too.
          expect(nestsDeeperThan(JSON.parse(`{"params":${text},"method":"m","id":1}`), maxDepth)).toBe(false);
          expectSame(new Side('B', 'A', { maxDepth }).read(text), value);
        }
        expect(deepest).toBeGreaterThan(0);
      }
    },
  );

  test('plain JSON may use every level that there is', () => {
    const bounded = new Side('A', 'B', { maxDepth: 10 });
    const text = bounded.write(nested('array', 9));
    expect(nestsDeeperThan(JSON.parse(`{"params":${text}}`), 10)).toBe(false);
    expect(nestsDeeperThan(JSON.parse(`{"params":${text}}`), 9)).toBe(true);
    expect(() => bounded.write(nested('array', 10))).toThrow(LimitExceededError);
  });

  test.each(Object.keys(wrappers).filter((kind) => kind !== 'literal'))('a cycle through %s ends', (kind) => {
    const knot: unknown[] = [];
    knot.push(wrappers[kind]?.(knot));
    expect(() => side.write(knot)).toThrow(/deeper than 200 .*cycle/);
    expect(() => side.write([1n, knot])).toThrow(/cycle/);
  });

  test('the reader’s own bound holds for whatever it is given', () => {
    const bounded = new Side('B', 'A', { maxDepth: 10 });
    const deep = (levels: number) => JSON.stringify(nested('array', levels));
    expect(bounded.read(deep(10))).toEqual(nested('array', 10));
    expect(() => bounded.read(deep(100))).toThrow(LimitExceededError);
    expect(() => side.read(`${'{"__literal__":{"a":'.repeat(5000)}1${'}}'.repeat(5000)}`)).toThrow(
      LimitExceededError,
    );
  });

  test('is told by walking', () => {
    const noise = fc.constantFrom('"[[["', '"\\"[["', '"}"', '1', 'null', '"\\\\"');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), noise), { maxLength: 40 }),
        fc.integer({ min: 1, max: 45 }),
        (layers, limit) => {
          let text = '0';
          for (const [isArray, other] of layers)
            text = isArray ? `[${other},${text}]` : `{${JSON.stringify(other)}:${text}}`;
          expect(nestsDeeperThan(JSON.parse(text), limit)).toBe(layers.length > limit);
        },
      ),
    );
  });
});
