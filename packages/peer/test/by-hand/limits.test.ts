import { Handler } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { allExtensions } from '../extended/raw-peer.ts';
import { dialRaw, dialUngreeted } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import { answered, failed, functionHint, objectHint, released } from './wire-texts.ts';

class Item extends Handler {
  closings = 0;
  protected override onClose(): void {
    this.closings++;
  }
}

test('maxPendingCalls: one call more fails at once, is not sent, and there is room again after an answer', async () => {
  const { peer, raw } = await dialRaw({ limits: { maxPendingCalls: 2 } });
  const calls = [peer.call.f(), peer.call.f()];
  expect(await failureOf(peer.call.f())).toMatchObject({
    code: -32002,
    message: '2 calls are unanswered already (maxPendingCalls)',
  });
  expect((await failureOf(peer.pipe.f().next())).message).toContain('maxPendingCalls');
  peer.notify.f();
  expect(await raw.after(answered(1, 1))).toHaveLength(3);
  const next = peer.call.f();
  await raw.after(answered(2, 2), answered(5, 5));
  expect(await Promise.all([...calls, next])).toEqual([1, 2, 5]);
});

test('maxRunningCalls, maxQueuedCalls: what is beyond both is refused, and what it brought is given back', async () => {
  const finish: (() => void)[] = [];
  const { peer, raw } = await dialRaw({
    limits: { maxRunningCalls: 2, maxQueuedCalls: 1 },
    handler: { wait: () => new Promise<void>((resolve) => finish.push(resolve)), f: () => 1 },
  });
  // Reading is held back at half of the queue, but not while an answer to a call of this side is outstanding.
  const own = peer.call.f();
  expect(
    await raw.after(
      { method: 'wait', id: 1 },
      { method: 'wait' },
      { method: 'wait', id: 5 }, // runs as well: a call of this side waits, and keeps nobody from running
      { method: 'f', params: [objectHint('box_0001')], id: 2 },
      { method: 'f', params: [objectHint('box_0002')], id: 3 },
      { method: 'f', params: [objectHint('box_0003')] },
    ),
  ).toEqual([
    '{"method":"f","id":1}',
    released('box_0002'),
    failed(3, { code: -32002, message: '2 calls run and 1 wait (maxRunningCalls, maxQueuedCalls)' }),
    released('box_0003'),
    '{"params":[1,"2 calls run and 1 wait (maxRunningCalls, maxQueuedCalls)"],"method":"$/refused"}',
  ]);
  expect(peer.stats.running).toBe(4);
  for (const end of finish) end();
  expect(await raw.rest()).toEqual([
    answered(1, null),
    answered(2, 1),
    released('box_0001'),
    answered(5, null),
  ]);
  expect(await raw.after({ method: 'f', id: 4 }, answered(1, 'own'))).toEqual([answered(4, 1)]);
  expect(await own).toBe('own');
  expect(peer.stats.running).toBe(0);
});

test('maxRunningCalls counts what goes on after its turn: a burst of calls that are answered at once passes', async () => {
  let ticks = 0;
  const { raw } = await dialRaw({
    limits: { maxRunningCalls: 2 },
    handler: { tick: () => ++ticks },
  });
  const burst = Array.from({ length: 100 }, () => ({ method: 'tick' }));
  const asked = Array.from({ length: 100 }, (_, id) => ({ method: 'tick', id }));
  expect(await raw.after(...burst, ...asked)).toEqual(asked.map(({ id }) => answered(id, 101 + id)));
  expect(ticks).toBe(200);
});

test('maxExports: what would export one more fails, and nothing of it stays', async () => {
  const items = [new Item(), new Item()];
  const { peer, raw } = await dialRaw({ limits: { maxExports: 1 }, handler: { f: () => items } });
  expect(await failureOf(peer.call.f(...items))).toMatchObject({
    code: -32002,
    message: 'The other side holds 1 objects already (maxExports)',
  });
  expect(() => peer.notify.f(() => {}, items[0])).toThrow('(maxExports)');
  expect((await raw.after({ method: 'f', id: 1 }))[0]).toContain('(maxExports)');
  expect(peer.stats.exported).toBe(0);
  expect(items.map(({ closings }) => closings)).toEqual([0, 0]);
  const request = peer.method.f(items[0], items[0]);
  expect(peer.stats.exported).toBe(1);
  expect(await raw.after(answered(request.id, null))).toEqual([
    expect.stringMatching(/^\{"params":\[\{"__remoteobject__":"(item_\w+)"\},\{"__remoteobject__":"\1"\}\]/),
  ]);
  await request.value;
});

test('maxMessageBytes: of the own side, and of the other one from its greeting on', async () => {
  const { peer, raw } = await dialUngreeted({ limits: { maxMessageBytes: 1000 } });
  await raw.nextText();
  const long = 'é'.repeat(500);
  expect(await failureOf(peer.call.f(long))).toMatchObject({
    code: -32002,
    message: 'The message has 1035 bytes; 1000 are allowed (maxMessageBytes)',
  });
  expect(() => peer.notify.f(long, () => {})).toThrow('maxMessageBytes');
  raw.greet(allExtensions, { maxMessageBytes: 300 });
  await raw.rest();
  expect((await failureOf(peer.call.f('x'.repeat(300)))).message).toContain(
    '300 are allowed (maxMessageBytes)',
  );
  const fits = peer.method.f('x'.repeat(300 - '{"params":[""],"method":"f","id":3}'.length));
  expect((await raw.rest())[0]).toHaveLength(300);
  raw.send(answered(fits.id, 'fine'));
  expect(await fits.value).toBe('fine');
  expect(peer.stats).toMatchObject({ exported: 0, pending: 0 });
});

test('an answer that is too long becomes an error, a long error is cut, and references in it do not stay', async () => {
  const { peer, raw } = await dialRaw({
    limits: { maxMessageBytes: 2000 },
    handler: {
      f: () => ['x'.repeat(2000), () => {}],
      fail: () => {
        throw Object.assign(new RangeError('y'.repeat(5000)), { data: () => {} });
      },
    },
  });
  const [long, cut] = (await raw.after({ method: 'f', id: 1 }, { method: 'fail', id: 2 })).map(
    (text) => JSON.parse(text) as unknown,
  );
  expect(long).toMatchObject({ id: 1, error: { code: -32002, message: expect.stringContaining('2000') } });
  expect(cut).toEqual({
    id: 2,
    result: null,
    error: { code: -32000, message: 'y'.repeat(1000), name: 'RangeError' },
  });
  expect(peer.stats.exported).toBe(0);
});

test('not even the shortest of limits keeps a request from its answer', async () => {
  const { peer, raw } = await dialUngreeted({ handler: { f: () => 1, later: async () => 1 } });
  await raw.nextText();
  raw.greet(allExtensions, { maxMessageBytes: 5 });
  raw.send(
    { method: 'f', id: 1 },
    { method: 'later', id: 2 },
    { method: 'nothing', id: 3 },
    { method: '$/nothing', id: 4 },
  );
  await expect.poll(() => raw.received.length).toBe(5);
  const codes = raw.received.slice(1).map((text) => {
    const { id, error } = JSON.parse(text) as {
      readonly id: number;
      readonly error: { readonly code: number };
    };
    return [id, error.code];
  });
  expect(codes.sort()).toEqual([
    [1, -32002],
    [2, -32002],
    [3, -32601],
    [4, -32601],
  ]);
  expect(peer.stats.running).toBe(0);
});

test('maxDepth: arguments, results and errors', async () => {
  const deep = [[[[1]]]];
  const { peer, raw } = await dialRaw({
    limits: { maxDepth: 4 },
    handler: { f: (value: unknown) => [[value]] },
  });
  expect(await failureOf(peer.call.f(deep))).toMatchObject({ code: -32002 });
  const cycle: unknown[] = [];
  cycle.push(cycle);
  expect((await failureOf(peer.call.f(cycle))).message).toContain('nested deeper than 4 (maxDepth)');
  const [tooDeep, deepResult] = await raw.after(
    { method: 'f', params: [deep], id: 1 },
    { method: 'f', params: [[[1]]], id: 2 },
  );
  expect(tooDeep).toContain('-32002');
  expect(deepResult).toContain('nested deeper than 4 (maxDepth)');
  const failure = failureOf(peer.call.f());
  await raw.after(answered(3, [[deep, functionHint('function_0001')], functionHint('function_0002')]));
  expect(await failure).toMatchObject({ code: -32002 });
  expect(raw.received.filter((text) => text.includes('__delete__')).sort()).toEqual([
    released('function_0001'),
    released('function_0002'),
  ]);
});

test('of notifications that limits refuse onError is told, and their sender once a turn', async () => {
  const errors: unknown[] = [];
  const { raw } = await dialRaw({
    limits: { maxRunningCalls: 1, maxQueuedCalls: 0, maxDepth: 10, maxMethodLength: 20 },
    handler: { wait: () => new Promise(() => {}), f: () => 1 },
    onError: (error, { method }) => errors.push([(error as { code?: unknown }).code, method]),
  });
  const long = 'x'.repeat(21);
  const deep = `${'['.repeat(20)}${']'.repeat(20)}`;
  expect(
    await raw.after(`{"method":"f","params":${deep}}`, { method: long }, { method: 'wait' }, { method: 'f' }),
  ).toEqual(['{"params":[3,"Nested deeper than 10 (maxDepth)"],"method":"$/refused"}']);
  expect(errors).toEqual([
    [-32002, 'f'],
    [-32600, long],
    [-32002, 'f'],
  ]);
});
