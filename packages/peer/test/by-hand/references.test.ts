import { kw, type RemoteObject, retain } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { type ByHand, dialRaw } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import { answered, failed, functionHint, objectHint, released } from './wire-texts.ts';

test('arguments are held for the call, and longer if they are retained', async () => {
  const kept: { close(): void }[] = [];
  const late: unknown[] = [];
  const { peer, raw } = await dialRaw({
    handler: {
      drop: () => {},
      keep: (box: { close(): void }) => void kept.push(retain(box)),
      later: async (box: object) => {
        await undefined;
        late.push(box);
        setTimeout(() => late.push(failureOf((async () => retain(box))())), 0);
      },
    },
  });
  expect(retain('not a reference')).toBe('not a reference');
  expect(
    await raw.after(
      { method: 'drop', params: [objectHint('box_0001'), objectHint('box_0001')], id: 1 },
      { method: 'keep', params: [objectHint('box_0002')], id: 2 },
      { method: 'drop', params: [objectHint('box_0002')] },
      { method: 'drop', params: [objectHint('box_0003')] },
      { method: 'nothing', params: [objectHint('box_0002'), [{ a: objectHint('box_0004') }]], id: 3 },
      { method: 'drop', kwparams: { a: objectHint('box_0005') }, id: 4 },
    ),
  ).toEqual([
    answered(1, null),
    released('box_0001', 2),
    answered(2, null),
    released('box_0003'),
    released('box_0004'),
    failed(3, { code: -32601, message: "Unknown method 'nothing'" }),
    answered(4, null),
    released('box_0005'),
  ]);
  expect(peer.stats.imported).toBe(1);
  kept[0]?.close();
  kept[0]?.close();
  expect(await raw.rest()).toEqual([released('box_0002', 3)]);
  await raw.after({ method: 'later', params: [objectHint('box_0006')], id: 5 });
  await expect.poll(() => late.length).toBe(2);
  expect(await late[1]).toMatchObject({ code: -32001, message: expect.stringContaining('nobody retained') });
});

test('a method called with keywords from this side reaches functions of the other', async () => {
  const { raw } = await dialRaw({
    handler: { f: (fn: (...args: unknown[]) => Promise<unknown>) => void fn(1, kw({ a: 2 })) },
  });
  expect(
    await raw.after(
      { method: 'f', params: [{ __remoteobject__: 'function_0001', callable: true }], id: 1 },
      answered(1, 1),
    ),
  ).toEqual([
    '{"kwparams":{"a":2},"params":[1],"method":"function_0001.__call__","id":1}',
    answered(1, null),
    released('function_0001'),
  ]);
});

test('a second answer, and answers to nothing, change nothing; what they bring is given back once', async () => {
  const { peer, raw } = await dialRaw();
  const call = peer.call.f();
  expect(
    await raw.after(
      answered(1, 'first'),
      answered(1, objectHint('box_0001')),
      answered('1', [objectHint('box_0002'), { a: functionHint('function_0001') }]),
      failed(99, { code: 1, message: 'no', data: objectHint('box_0003') }),
      answered(null, objectHint('box_0004')),
      answered(98, { __literal__: { __remoteobject__: 'data_0001', a: objectHint('box_0005') } }),
      '{"result":1}',
    ),
  ).toEqual([
    '{"method":"f","id":1}',
    released('box_0001'),
    released('box_0002'),
    released('function_0001'),
    released('box_0003'),
    released('box_0004'),
    released('box_0005'),
  ]);
  expect(await call).toBe('first');
  expect(peer.stats).toMatchObject({ stray: 6, imported: 0 });
});

test('what comes again in an answer to nothing is counted, and given back with the rest', async () => {
  const { peer, raw } = await dialRaw();
  const call = peer.call.f();
  await raw.after(
    answered(1, objectHint('box_0001')),
    answered(99, [objectHint('box_0001'), objectHint('box_0001')]),
  );
  const box = (await call) as RemoteObject<ByHand>;
  box.close();
  expect(await raw.rest()).toEqual([released('box_0001', 3)]);
});

test('of an answer that fails half-read every reference is given back exactly once', async () => {
  const { peer, raw } = await dialRaw();
  const owned = peer.call.f();
  await raw.after(answered(1, objectHint('box_0001')));
  const box = (await owned) as RemoteObject<ByHand>;
  const failures = [peer.call.f(), peer.call.f()].map(failureOf);
  await raw.rest();
  const bad = [
    objectHint('box_0001'),
    { a: functionHint('function_0001'), b: functionHint('function_0001') },
    { __jsonclass__: ['Unknown', [objectHint('box_0002')]] },
    objectHint('box_0001'),
    [[objectHint('box_0003')]],
  ];
  const all = [released('box_0002'), released('box_0003'), released('function_0001', 2)];
  expect([...(await raw.after(answered(2, bad)))].sort()).toEqual(all);
  expect([...(await raw.after(failed(3, { code: 1, message: 'no', data: bad })))].sort()).toEqual(all);
  for (const failure of failures)
    expect(await failure).toMatchObject({
      code: -32602,
      message: "Unknown class 'Unknown': register it with the codec",
    });
  box.close();
  expect(await raw.rest()).toEqual([released('box_0001', 5)]);
});

test('a promise, an object and a function of another connection are passed on, and calls with them', async () => {
  const one = await dialRaw();
  const other = await dialRaw();
  const promise = other.peer.call.f();
  const call = other.peer.call.f();
  const request = one.peer.method.f(promise);
  // What is not here yet cannot be passed on: the call waits for it.
  expect(await one.raw.rest()).toEqual([]);
  await other.raw.after(answered(1, objectHint('box_0001')), answered(2, functionHint('function_0001')));
  const box = (await promise) as RemoteObject<ByHand>;
  const fn = (await call) as (() => void) & Disposable;
  const both = one.peer.method.f(box, fn);
  expect(await one.raw.after(answered(request.id, null), answered(both.id, null))).toEqual([
    '{"params":[{"__remoteobject__":"object_0002"}],"method":"f","id":1}',
    '{"params":[{"__remoteobject__":"object_0002"},{"__remoteobject__":"function_0004","callable":true}],"method":"f","id":3}',
  ]);

  one.raw.send(
    { method: 'object_0002.open', params: ['a box'], kwparams: { key: 1 }, id: 1 },
    { method: 'function_0004.__call__', params: ['passed on'], id: 2 },
  );
  expect([await other.raw.nextText(), await other.raw.nextText()]).toEqual([
    '{"kwparams":{"key":1},"params":["a box"],"method":"box_0001.open","id":3}',
    '{"params":["passed on"],"method":"function_0001.__call__","id":4}',
  ]);
  other.raw.send(answered(4, 'and answered'), failed(3, { code: 5, message: 'locked' }));
  expect([await one.raw.nextText(), await one.raw.nextText()].sort()).toEqual([
    failed(1, { code: 5, message: 'locked' }),
    answered(2, 'and answered'),
  ]);

  await one.raw.after(
    { method: 'object_0002.__delete__', params: [2] },
    { method: 'function_0004.__delete__', params: [1] },
  );
  expect(await other.raw.rest()).toEqual([]); // this side holds them still
  box.close();
  fn[Symbol.dispose]();
  expect(await other.raw.rest()).toEqual([released('box_0001'), released('function_0001')]);
});

test('an argument that was passed on is held for as long as it is held there', async () => {
  const one = await dialRaw();
  const other = await dialRaw({ handler: { pass: (box: object) => one.peer.notify.f(box) } });
  expect(await other.raw.after({ method: 'pass', params: [objectHint('box_0001')], id: 1 })).toEqual([
    answered(1, null),
  ]);
  expect(await one.raw.rest()).toEqual(['{"params":[{"__remoteobject__":"object_0001"}],"method":"f"}']);
  expect(other.peer.stats.imported).toBe(1);
  await one.raw.after({ method: 'object_0001.__delete__', params: [1] });
  expect(await other.raw.rest()).toEqual([released('box_0001')]);
});

test('functions of the other side: called, told, kept, watched, given back', async () => {
  type Fn = ((...args: unknown[]) => Promise<unknown>) & {
    notify(...args: unknown[]): void;
    close(): void;
    retain(): Fn;
    onBroken(callback: (error: Error) => void): Disposable;
    [Symbol.dispose](): void;
  };
  const kept: Fn[] = [];
  const unheard: unknown[] = [];
  const { peer, raw } = await dialRaw({
    onError: (error) => unheard.push(error),
    handler: { f: (...fns: Fn[]) => void kept.push(...fns.map((fn) => fn.retain())) },
  });
  await raw.after({
    method: 'f',
    params: [functionHint('function_0001'), functionHint('function_0002')],
    id: 1,
  });
  const [one, two] = kept as [Fn, Fn];
  const broken: unknown[] = [];
  one.onBroken((error) => broken.push(['one', error.message]));
  const spared = two.onBroken((error) => broken.push(['spared', error.message]));
  two.onBroken((error) => {
    broken.push(['two', error.message]);
    throw error;
  });
  spared[Symbol.dispose]();
  const call = one(1, two);
  one.notify('told', one);
  expect(await raw.after(answered(1, 'called'))).toEqual([
    '{"params":[1,{"__objectreference__":"function_0002"}],"method":"function_0001.__call__","id":1}',
    '{"params":["told",{"__objectreference__":"function_0001"}],"method":"function_0001.__call__"}',
  ]);
  expect(await call).toBe('called');
  one[Symbol.dispose]();
  one.close();
  expect(await raw.rest()).toEqual([released('function_0001')]);
  expect((await failureOf(one())).message).toBe('function_0001 cannot be used: it was closed');
  for (let i = 0; i < 2; i++) one.notify('told in vain');
  expect(unheard).toMatchObject([{ message: 'function_0001 cannot be used: it was closed' }]);
  expect(() => one.retain()).toThrow('it was closed');
  expect(() => peer.notify.f(one)).toThrow('it was closed');
  raw.close();
  await peer.closed;
  expect(broken).toEqual([['two', 'function_0002 is broken: the connection was closed']]);
  expect((await failureOf(two())).message).toContain('The connection is closed');
  expect(() => two.retain()).toThrow('function_0002 cannot be used: its connection is closed');
  two.close();
});
