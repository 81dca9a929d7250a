import { currentCall, Handler } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { dialRaw } from './dial-raw.ts';
import { answered, failed } from './wire-texts.ts';

class Counter extends Handler {
  static override readonly parameters = { add: ['a', 'b', 'c'] };
  static override readonly nonPublic = ['secret'];
  closings = 0;
  value = 0;
  #callers: unknown[] = [];
  add(a: number, b: number, c = 0): number {
    this.#callers.push(this.peer);
    this.value += a + b + c;
    return this.value;
  }
  open(...args: unknown[]): unknown[] {
    return args;
  }
  secret(): string {
    return 'secret';
  }
  itself(): this {
    return this;
  }
  protected override onClose(): void {
    this.closings++;
  }
}

test('keywords find the places of their parameters, and wrong ones are refused', async () => {
  const { raw } = await dialRaw({ handler: new Counter() });
  expect(
    await raw.after(
      { method: 'add', params: [1, 2], id: 1 },
      { method: 'add', params: { b: 1, a: 2 }, id: 2 },
      { method: 'add', params: [1], kwparams: { c: 3, b: 2 }, id: 3 },
      { method: 'add', params: { a: 1, b: 1 }, kwparams: { c: 1000 }, id: 4 },
      { method: 'open', params: [1], kwparams: { c: 3 }, id: 5 },
      { method: 'open', kwparams: { c: 3 }, id: 6 },
      { method: 'open', params: {}, kwparams: {}, id: 7 },
    ),
  ).toEqual([
    answered(1, 3),
    answered(2, 6),
    answered(3, 12),
    answered(4, 14),
    answered(5, [1, { c: 3 }]),
    answered(6, [{ c: 3 }]),
    answered(7, []),
  ]);
  expect(
    await raw.after(
      { method: 'add', kwparams: { d: 1 }, id: 1 },
      { method: 'add', params: [1], kwparams: { a: 1 }, id: 2 },
    ),
  ).toEqual([
    failed(1, { code: -32602, message: "add() has no parameter 'd'" }),
    failed(2, { code: -32602, message: "add() got 'a' twice" }),
  ]);
});

test('where no parameters are declared keywords are one last object, and in the context', async () => {
  const keywords = (...args: unknown[]): unknown => [args, currentCall().keywords ?? null];
  const { raw } = await dialRaw({ handler: { keywords } });
  expect(
    await raw.after(
      { method: 'keywords', params: [0], kwparams: { a: 1 }, id: 1 },
      { method: 'keywords', params: [0], id: 2 },
    ),
  ).toEqual([answered(1, [[0, { a: 1 }], { a: 1 }]), answered(2, [[0], null])]);
});

test('objects, functions and methods of this side: called, sent back, and gone when they are released', async () => {
  const counter = new Counter();
  const got: unknown[] = [];
  const fn = (...args: unknown[]): number => got.push(...args);
  const handler = { get: () => [counter, fn], take: (...args: unknown[]) => void got.push(...args) };
  const { peer, raw } = await dialRaw({ handler });
  expect(await raw.after({ method: 'get', id: 1 }, { method: 'get', id: 2 })).toEqual(
    [1, 2].map((id) =>
      answered(id, [
        { __remoteobject__: 'counter_0001' },
        { __remoteobject__: 'function_0002', callable: true },
      ]),
    ),
  );
  expect(
    await raw.after(
      { method: 'counter_0001.add', params: [1, 2], id: 1 },
      { method: 'function_0002.__call__', params: ['called'], id: 2 },
      { method: 'function_0002.call', id: 3 },
      { method: 'counter_0001.__call__', id: 4 },
      { method: 'counter_0001.secret', id: 5 },
      { method: 'counter_0001', id: 6 },
      { method: 'counter_0001.itself', id: 7 },
      {
        method: 'take',
        params: [
          { __objectreference__: 'counter_0001' },
          { __objectreference__: 'function_0002' },
          { __functionreference__: 'function_0002.__call__' },
          { __functionreference__: 'counter_0001.add' },
          { __functionreference__: 'take' },
        ],
        id: 8,
      },
    ),
  ).toEqual([
    answered(1, 3),
    answered(2, 1),
    ...[
      [3, 'call'],
      [4, '__call__'],
      [5, 'secret'],
      [6, 'counter_0001'],
    ].map(([id, name]) => failed(id, { code: -32601, message: `Unknown method '${name}'` })),
    answered(7, { __remoteobject__: 'counter_0001' }),
    answered(8, null),
  ]);
  expect(got.slice(0, 4)).toEqual(['called', counter, fn, fn]);
  expect((got[4] as Counter['add'])(1, 1)).toBe(5);

  // Sent three times by now.
  const nothing = [[0], [-1], [0.5], ['1'], [null], [{}], [[1]], [true]];
  await raw.after(...nothing.map((params) => ({ method: 'counter_0001.__delete__', params })));
  await raw.after('{"method":"counter_0001.__delete__","params":[1e999]}');
  await raw.after(
    { method: 'counter_0001.add.__delete__' },
    { method: 'counter_0001.add.__delete__', params: [9] },
  );
  await raw.after({ method: 'counter_0009.__delete__' }, { method: '.__delete__', params: [1] });
  expect(await raw.after({ method: 'counter_0001.__delete__', params: [2], id: 1 })).toEqual([
    answered(1, null),
  ]);
  expect(peer.stats.exported).toBe(2);
  expect(counter.closings).toBe(0);
  await raw.after({ method: 'counter_0001.__delete__', params: [1] });
  await raw.after({ method: 'function_0002.__delete__' });
  expect(peer.stats.exported).toBe(0);
  expect(counter.closings).toBe(1);
  expect(
    await raw.after(
      { method: 'counter_0001.__delete__', params: [1], id: 1 },
      { method: 'counter_0001.add', id: 2 },
      { method: 'function_0002.__call__', id: 3 },
    ),
  ).toEqual([
    answered(1, null),
    expect.stringContaining('-32001,"message":"Unknown object \'counter_0001\''),
    expect.stringContaining('-32001'),
  ]);
  expect(counter.closings).toBe(1);
});

test.each([[undefined], [[]], [{}]])('a release with params of %j is one without a count', async (params) => {
  const counter = new Counter();
  const { peer, raw } = await dialRaw({ handler: { get: () => [counter, counter] } });
  await raw.after({ method: 'get', id: 1 }, { method: 'counter_0001.__delete__', params });
  expect(peer.stats.exported).toBe(0);
  expect(counter.closings).toBe(1);
});

test('what a handler gives after the connection has closed is not kept', async () => {
  let finish = (_: unknown): void => {};
  let counter = new Counter();
  const errors: unknown[] = [];
  const handler = {
    wait: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  };
  const { peer, raw } = await dialRaw({ handler, onError: (error) => errors.push(error) });
  await raw.after({ method: 'wait', id: 1 });
  raw.close();
  await peer.closed;
  counter = new Counter();
  finish([counter, () => {}]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(peer.stats.exported).toBe(0);
  expect(errors).toEqual([]);
});
