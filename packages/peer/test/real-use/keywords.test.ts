import { currentCall, Handler, InvalidParamsError, kw, type Peer } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { type ScenarioTransport, transports } from '../../../../test/scenarios/transports.ts';
import { failureOf } from '../by-hand/failure-of.ts';
import { dialledByHand } from '../extended/raw-peer.ts';

/** All that a method may declare of its parameters. */
class Api extends Handler {
  static override readonly parameters = {
    mixed: ['first', 'second', '*rest', '**named'],
    two: ['a', 'b'],
    onlyRest: ['a', '*rest'],
    onlyNamed: ['a', '**named'],
    justNamed: ['**named'],
    nothing: [],
  };
  mixed(first: unknown, second: unknown = 'two', ...others: unknown[]): object {
    return { first, second, rest: others.slice(0, -1), named: others.at(-1) };
  }
  two(...args: unknown[]): unknown[] {
    return args;
  }
  onlyRest(...args: unknown[]): unknown[] {
    return args;
  }
  onlyNamed(...args: unknown[]): unknown[] {
    return args;
  }
  justNamed(...args: unknown[]): unknown[] {
    return args;
  }
  nothing(...args: unknown[]): unknown[] {
    return args;
  }
  free(...args: unknown[]): unknown[] {
    return [...args, currentCall().keywords ?? 'none'];
  }
}

async function open(): Promise<Peer['call']> {
  const { client } = await openSession<unknown, unknown>(transports[0] as ScenarioTransport, {
    api: new Api(),
  });
  return (client as Peer).call;
}

type Case = readonly [method: string, args: readonly unknown[], expected: unknown];

// The order of parameters is that of the declaration; the object of further names is always there, and last.
const cases: readonly Case[] = [
  ['mixed', [1], { first: 1, second: 'two', rest: [], named: {} }],
  ['mixed', [1, 2], { first: 1, second: 2, rest: [], named: {} }],
  ['mixed', [1, 2, 3, 4], { first: 1, second: 2, rest: [3, 4], named: {} }],
  ['mixed', [kw({ first: 1, second: 2 })], { first: 1, second: 2, rest: [], named: {} }],
  ['mixed', [kw({ second: 2, first: 1 })], { first: 1, second: 2, rest: [], named: {} }],
  ['mixed', [kw({ first: 1, x: 5 })], { first: 1, second: 'two', rest: [], named: { x: 5 } }],
  ['mixed', [1, kw({ second: 2, x: 5 })], { first: 1, second: 2, rest: [], named: { x: 5 } }],
  ['mixed', [1, 2, 3, kw({ x: 5, y: 6 })], { first: 1, second: 2, rest: [3], named: { x: 5, y: 6 } }],
  [
    'mixed',
    [1, kw({ rest: 1, named: 2 })],
    { first: 1, second: 'two', rest: [], named: { rest: 1, named: 2 } },
  ],
  ['mixed', [1, 2, { x: 1 }], { first: 1, second: 2, rest: [{ x: 1 }], named: {} }],
  [
    'mixed',
    [1, kw({ __proto__x: 1, constructor: 2 })],
    { first: 1, second: 'two', rest: [], named: { __proto__x: 1, constructor: 2 } },
  ],
  ['two', [kw({ b: 2, a: 1 })], [1, 2]],
  ['two', [1, kw({ b: 2 })], [1, 2]],
  ['two', [1, 2, 3], [1, 2, 3]],
  ['onlyRest', [1, 2, 3], [1, 2, 3]],
  ['onlyRest', [kw({ a: 1 })], [1]],
  ['onlyNamed', [1, kw({ b: 2 })], [1, { b: 2 }]],
  ['onlyNamed', [kw({ a: 1, b: 2 })], [1, { b: 2 }]],
  ['onlyNamed', [1], [1, {}]],
  ['justNamed', [], [{}]],
  ['justNamed', [kw({ a: 1 })], [{ a: 1 }]],
  ['nothing', [], []],
  ['free', [1, kw({ b: 2 })], [1, { b: 2 }, { b: 2 }]],
  ['free', [1], [1, 'none']],
];

test.each(cases)('%s %o', async (method, args, expected) => {
  const call = await open();
  expect(await call[method]?.(...args)).toEqual(expected);
});

test.each<readonly [string, readonly unknown[], RegExp]>([
  ['two', [kw({ c: 3 })], /no parameter 'c'/],
  ['two', [1, kw({ a: 1 })], /got 'a' twice/],
  ['mixed', [1, kw({ first: 1 })], /got 'first' twice/],
  ['mixed', [1, 2, kw({ second: 1 })], /got 'second' twice/],
  ['onlyRest', [1, kw({ b: 1 })], /no parameter 'b'/],
  ['nothing', [kw({ b: 1 })], /no parameter 'b'/],
])('%s %o is refused', async (method, args, message) => {
  const call = await open();
  const error = await failureOf(call[method]?.(...args) as Promise<unknown>);
  expect(error).toBeInstanceOf(InvalidParamsError);
  expect(error.message).toMatch(message);
});

test('as a client of another language sends them', async () => {
  const { raw } = await dialledByHand(new Api());
  const [answer] = await raw.after({ params: { first: 1, second: 2 }, method: 'mixed', id: 1 });
  expect(answer).toBe('{"id":1,"result":{"first":1,"second":2,"rest":[],"named":{}},"error":null}');
  const [mixed] = await raw.after({ params: [1], kwparams: { x: 2 }, method: 'mixed', id: 2 });
  expect(mixed).toBe('{"id":2,"result":{"first":1,"second":"two","rest":[],"named":{"x":2}},"error":null}');
});

test('a description tells the names as they were declared', async () => {
  const { client } = await openSession<unknown, unknown>(transports[0] as ScenarioTransport, {
    api: new Api(),
  });
  const { methods } = await client.describe();
  expect(methods.find(({ name }) => name === 'mixed')?.parameters).toEqual([
    'first',
    'second',
    '*rest',
    '**named',
  ]);
});
