import { Codec, UnsendableError } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { dialRaw } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import { answered, functionHint } from './wire-texts.ts';

/** The member that would make a promise of an object. */
const THEN = 'then';

/** Arrays within arrays. */
function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

const wrong: readonly [value: string, code: number][] = [
  ['{"__remoteobject__":5}', -32602],
  ['{"__remoteobject__":""}', -32602],
  ['{"__remoteobject__":null}', -32602],
  ['{"__objectreference__":["box_0001"]}', -32602],
  ['{"__objectreference__":"box_0001"}', -32001],
  ['{"__objectreference__":"#1"}', -32004],
  ['{"__objectreference__":"__proto__"}', -32001],
  ['{"__functionreference__":{}}', -32602],
  ['{"__functionreference__":"nothing"}', -32601],
  ['{"__functionreference__":"constructor"}', -32601],
  ['{"__functionreference__":"f.constructor"}', -32601],
  ['{"__functionreference__":"box_0001.open"}', -32001],
  ['{"__jsonclass__":"Date"}', -32602],
  ['{"__jsonclass__":["Date",5]}', -32602],
  ['{"__jsonclass__":[]}', -32602],
  ['{"__jsonclass__":["Date",["today"]]}', -32602],
  ['{"__jsonclass__":["constructor",[]]}', -32602],
  ['{"__literal__":[]}', -32602],
  ['{"__literal__":null}', -32602],
  ['{"then":{"__functionreference__":"f"}}', -32602],
  [JSON.stringify(nested(500)), -32002],
];

test.each(wrong)('%s fails the request that brings it', async (value, code) => {
  const { raw } = await dialRaw({ handler: { f: () => 1 } });
  const texts = await raw.after(
    `{"method":"f","params":[${value}],"id":1}`,
    `{"method":"f","kwparams":{"a":${value}},"id":2}`,
    `{"method":"f","params":{"a":[${value}]},"id":3}`,
  );
  expect(texts.map((text) => JSON.parse(text) as object)).toMatchObject(
    [1, 2, 3].map((id) => ({ id, error: { code } })),
  );
});

test.each(wrong)('%s fails the call whose answer it is in', async (value, code) => {
  const { peer, raw } = await dialRaw({ handler: { f: () => 1 } });
  const failures = [peer.call.f(), peer.call.f(), peer.pipe.f().next(), peer.pipe.f().next()].map(failureOf);
  const good = peer.call.f();
  const texts = await raw.after(
    `{"id":1,"result":[${value}],"error":null}`,
    `{"id":2,"result":null,"error":{"code":5,"message":"no","data":${value}}}`,
    `{"id":3,"result":${value},"error":null,"more":true}`,
    `{"id":4,"result":${value},"error":null,"more":false}`,
    answered(5, 'undisturbed'),
  );
  for (const failure of failures) expect(await failure).toMatchObject({ code });
  expect(await good).toBe('undisturbed');
  expect(texts.at(-1)).toBe('{"params":{"id":3},"method":"$/cancelRequest"}');
});

test('data with the names of hints, prototypes and promises stays data, both ways', async () => {
  const given: unknown[] = [];
  const { peer, raw } = await dialRaw({
    handler: {
      f: (...args: unknown[]) => {
        given.push(...args);
        return args;
      },
    },
  });
  const data =
    '[{"__literal__":{"__remoteobject__":"box_0001","__literal__":{"then":1}}},{"__proto__":{"polluted":1},"then":"then"}]';
  expect(await raw.after(`{"method":"f","params":${data},"id":1}`)).toEqual([
    `{"id":1,"result":${data},"error":null}`,
  ]);
  expect(given[0]).toEqual({ __remoteobject__: 'box_0001', __literal__: { then: 1 } });
  expect((given[1] as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.keys(given[1] as object)).toEqual(['__proto__', 'then']);
  const call = peer.call.f(...given);
  await raw.rest();
  raw.send(`{"id":1,"result":${data},"error":null}`);
  expect(await call).toEqual(given);
});

test.each<[string, unknown, string]>([
  ['a symbol', Symbol('s'), 'params[0].a: cannot send a symbol'],
  ['a function named then', { [THEN]: () => {} }, 'params[0].a.then: cannot send a function named then'],
  ['an object of any other class', new WeakMap(), 'params[0].a: cannot send a WeakMap'],
  ['a promise', Promise.resolve(), 'params[0].a: cannot send a Promise'],
])('%s is refused by name and place, in every direction', async (_, value, message) => {
  const { peer, raw } = await dialRaw({ handler: { f: () => [{ a: value }] } });
  for (const failure of [
    await failureOf(peer.call.f({ a: value })),
    await failureOf(peer.method.f({ a: value }).value),
    await failureOf(peer.pipe.f({ a: value }).next()),
  ]) {
    expect(failure).toBeInstanceOf(UnsendableError);
    expect(failure.message).toContain(message);
  }
  expect(() => peer.notify.f({ a: value })).toThrow(message);
  const [answer, ...rest] = await raw.after({ method: 'f', id: 1 });
  expect(answer).toContain(message.replace('params', 'result'));
  expect(answer).toContain('"code":-32603');
  expect(rest).toEqual([]);
});

test('classes travel as hints, those of the application too', async () => {
  class Point {
    readonly x: number;
    readonly y: number;
    constructor(x: number, y: number) {
      this.x = x;
      this.y = y;
    }
  }
  const codec = new Codec().register('Point', Point, {
    encode: ({ x, y }) => [x, y],
    decode: (x, y) => new Point(Number(x), Number(y)),
  });
  const { peer, raw } = await dialRaw({ codec, handler: { f: (value: unknown) => value } });
  const hints = [
    { __jsonclass__: ['Date', ['2026-11-22T00:00:00.000Z']] },
    { __jsonclass__: ['Map', [[[1, { __jsonclass__: ['BigInt', ['7']] }]]]] },
    { __jsonclass__: ['Point', [1, 2]] },
  ];
  const values = [new Date('2026-11-22'), new Map([[1, 7n]]), new Point(1, 2)];
  const call = peer.call.f(values);
  expect(await raw.after(answered(1, hints), { method: 'f', params: [hints], id: 1 })).toEqual([
    JSON.stringify({ params: [hints], method: 'f', id: 1 }),
    answered(1, hints),
  ]);
  expect(await call).toEqual(values);
});

test('a member named then that is a function fails the call, and what came with it is given back once', async () => {
  const { peer, raw } = await dialRaw();
  const failure = failureOf(peer.call.f());
  await raw.rest();
  await raw.after(answered(1, { [THEN]: functionHint('function_0001') }));
  expect(await failure).toMatchObject({
    code: -32602,
    message: 'A member named then must not be a function',
  });
  expect(peer.stats.imported).toBe(0);
});
