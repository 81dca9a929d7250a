import { kw } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { dialRaw, dialUngreeted } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import { answered, cancelled, item, objectHint, released } from './wire-texts.ts';

test('the greeting', async () => {
  const { raw } = await dialUngreeted({ limits: { maxMessageBytes: 5000 } });
  expect(await raw.nextText()).toBe(
    '{"params":[{"version":1,"extensions":["references","streams","cancel","pipelining","values","errors","ping","bye","describe","items"],"limits":{"maxMessageBytes":5000}}],"method":"$/hello"}',
  );
});

test('nothing waits for a greeting', async () => {
  const { peer, raw } = await dialUngreeted();
  const call = peer.call.f(1);
  await raw.nextText();
  expect(await raw.nextText()).toBe('{"params":[1],"method":"f","id":1}');
  raw.greet();
  raw.send(answered(1, 'here'));
  expect(await call).toBe('here');
});

test('calls are written as the original wrote them, member for member', async () => {
  const { peer, raw } = await dialRaw();
  const calls = [
    peer.call.f(),
    peer.call.f(1, 'two', null, [true], { a: -1.5 }),
    peer.call.f(kw({ b: 2 })),
    peer.call.f(1, kw({ b: 2, __proto__: 3 })),
    peer.call.f(1, kw({})),
    peer.call.f(1, undefined, undefined),
    peer.call.f(undefined, kw({ b: 2 })),
    peer.call.f({ a: undefined, __literal__: 1 }),
    peer.with({ timeout: 1500.2 }).call.f('é\u2028\ud83d\ude00'),
  ];
  peer.notify.f(1, kw({ b: 2 }));
  peer.notify.f();
  expect(await raw.rest()).toEqual([
    '{"method":"f","id":1}',
    '{"params":[1,"two",null,[true],{"a":-1.5}],"method":"f","id":2}',
    '{"params":{"b":2},"method":"f","id":3}',
    '{"kwparams":{"b":2},"params":[1],"method":"f","id":4}',
    '{"params":[1],"method":"f","id":5}',
    '{"params":[1],"method":"f","id":6}',
    '{"params":{"b":2},"method":"f","id":7}',
    '{"params":[{"__literal__":{"__literal__":1}}],"method":"f","id":8}',
    '{"params":["é\u2028\ud83d\ude00"],"method":"f","id":9,"timeout":1501}',
    '{"kwparams":{"b":2},"params":[1],"method":"f"}',
    '{"method":"f"}',
  ]);
  expect(await raw.after(...calls.map((_, index) => answered(index + 1, index)))).toEqual([]);
  expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('names of namespaces, objects, references and awaited answers', async () => {
  const { peer, raw } = await dialRaw();
  const untyped = peer as unknown as {
    readonly call: { math: { add: { deep(): Promise<unknown> } }; __proto__: () => Promise<unknown> };
  };
  const results = Promise.all([untyped.call.math.add.deep(), peer.call.f(peer.call.f)]);
  expect(await raw.after(answered(1, objectHint('box_0001')), answered(2, null))).toEqual([
    '{"method":"math.add.deep","id":1}',
    '{"params":[{"__functionreference__":"f"}],"method":"f","id":2}',
  ]);
  const [box] = (await results) as [
    { call: { open(...args: unknown[]): Promise<unknown> }; close(): void },
    null,
  ];
  const opened = box.call.open(box, box.call.open);
  expect(await raw.after(answered(3, null))).toEqual([
    '{"params":[{"__objectreference__":"box_0001"},{"__functionreference__":"box_0001.open"}],"method":"box_0001.open","id":3}',
  ]);
  await opened;
  const box2 = peer.call.f();
  const item = box2.call.item?.(box2);
  box2.notify.tell?.();
  expect(await raw.after(answered(4, objectHint('box_0002')), answered(5, 'item'))).toEqual([
    '{"method":"f","id":4}',
    '{"params":[{"__objectreference__":"#4"}],"method":"#4.item","id":5}',
    '{"method":"#4.tell"}',
  ]);
  expect(await item).toBe('item');
  const late = box2.call.item?.();
  expect(await raw.after(answered(6, 'late'))).toEqual(['{"method":"box_0002.item","id":6}']);
  expect(await late).toBe('late');
  box.close();
  box2.close();
  expect(await raw.rest()).toEqual([released('box_0001'), released('box_0002')]);
  expect((await failureOf(box.call.open())).message).toBe('box_0001 cannot be used: it was closed');
});

test('a reference to a method of an answer waits for the answer', async () => {
  const { peer, raw } = await dialRaw();
  const box = peer.call.f();
  const call = peer.call.f(box.call.open);
  expect(await raw.rest()).toEqual(['{"method":"f","id":1}']);
  expect(await raw.after(answered(1, objectHint('box_0001')), answered(2, 1))).toEqual([
    '{"params":[{"__functionreference__":"box_0001.open"}],"method":"f","id":2}',
  ]);
  expect(await call).toBe(1);
  box.close();
});

test('a pipe: its credit at the start, what is granted, and how it is left', async () => {
  const { peer, raw } = await dialRaw();
  const items = peer.pipe.f(3);
  expect(await raw.nextText()).toBe('{"params":[3],"method":"f","id":1,"stream":64}');
  expect(await raw.after(...Array.from({ length: 64 }, (_, i) => item(1, i)))).toEqual([]);
  for (let i = 0; i < 31; i++) expect(await items.next()).toEqual({ done: false, value: i });
  expect(await raw.rest()).toEqual([]);
  await items.next();
  expect(await raw.rest()).toEqual(['{"params":[1,32],"method":"$/credit"}']);
  for (let i = 0; i < 32; i++) await items.next();
  expect(await raw.rest()).toEqual(['{"params":[1,32],"method":"$/credit"}']);
  expect(await items.return()).toEqual({ done: true, value: undefined });
  expect(await raw.rest()).toEqual([cancelled(1)]);
  expect(await items.next()).toEqual({ done: true, value: undefined });
});

test('what of a pipe has come when its end comes is not granted for', async () => {
  const { peer, raw } = await dialRaw();
  const items = peer.pipe.f();
  const all = Array.from({ length: 40 }, (_, i) => item(1, i));
  await raw.after(...all, { id: 1, result: 'over', error: null, more: false });
  const read: unknown[] = [];
  let step = await items.next();
  for (; !step.done; step = await items.next()) read.push(step.value);
  expect(read).toHaveLength(40);
  expect(step.value).toBe('over');
  expect(await raw.rest()).toEqual([]);
});

test('cancelling is told once, and only of what was sent and is not answered', async () => {
  const { peer, raw } = await dialRaw();
  const controller = new AbortController();
  const call = peer.with({ signal: controller.signal }).call.f();
  const failure = failureOf(call);
  const request = peer.method.f();
  await raw.rest();
  controller.abort('enough');
  request.cancel('me too');
  request.cancel();
  expect(await raw.rest()).toEqual([cancelled(1), cancelled(2)]);
  expect(await failure).toMatchObject({ name: 'CancelledError', cause: 'enough' });
  expect(await failureOf(request.value)).toMatchObject({ name: 'CancelledError', cause: 'me too' });
  expect(await raw.after(answered(1, 1), answered(2, 2))).toEqual([]);
  expect(peer.stats.stray).toBe(2);
});

test('goodbye', async () => {
  const { peer, raw } = await dialRaw();
  const closing = peer.close();
  await expect
    .poll(() => raw.received.slice(-2))
    .toEqual(['{"method":"$/bye"}', '{"method":"$/ping","id":1}']);
  expect(raw.isClosed).toBe(false);
  raw.send(answered(1, null)); // all that was said before it has come
  await closing;
  expect(raw.closedBy).toBeUndefined();
});
