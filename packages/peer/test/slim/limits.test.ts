import { Handler } from '@bjsonrpc/peer/slim';
import { expect, test } from 'vitest';
import { allExtensions } from '../extended/raw-peer.ts';
import {
  answered,
  dialSlim,
  dialUngreeted,
  failureOf,
  functionHint,
  objectHint,
  released,
} from './by-hand.ts';

class Item extends Handler {
  closings = 0;
  protected override onClose(): void {
    this.closings++;
  }
}

test('maxPendingCalls: one call more fails at once, is not sent, and there is room again after an answer', async () => {
  const { peer, raw } = await dialSlim({ limits: { maxPendingCalls: 2 } });
  const calls = [peer.call.f(), peer.call.f()];
  expect(await failureOf(peer.call.f())).toMatchObject({
    code: -32002,
    message: 'maxPendingCalls (2) is reached',
  });
  expect((await failureOf(peer.pipe.f().next())).message).toContain('maxPendingCalls');
  peer.notify.f();
  expect(await raw.after(answered(1, 1))).toHaveLength(3);
  const next = peer.call.f();
  await raw.after(answered(2, 2), answered(5, 5));
  expect(await Promise.all([...calls, next])).toEqual([1, 2, 5]);
});

test('maxRunningCalls: what is beyond is refused, and what it brought is given back', async () => {
  const errors: unknown[] = [];
  const finish: (() => void)[] = [];
  const { peer, raw } = await dialSlim({
    limits: { maxRunningCalls: 2 },
    handler: { wait: () => new Promise<void>((resolve) => finish.push(resolve)), f: () => 1 },
    onError: (error) => errors.push(error),
  });
  const [refusal, ...rest] = await raw
    .after(
      { method: 'wait', id: 1 },
      { method: 'wait' },
      { method: 'f', params: [objectHint('box_0001')], id: 2 },
      { method: 'f', params: [objectHint('box_0002')] },
    )
    .then((texts) => texts.filter((text) => !text.includes('__delete__')));
  expect(refusal).toContain('"code":-32002,"message":"maxRunningCalls (2) is reached"');
  expect(rest).toEqual([]);
  expect(raw.received).toContain(released('box_0001'));
  expect(raw.received).toContain(released('box_0002'));
  expect(String(errors)).toContain('maxRunningCalls (2) is reached');
  finish.forEach((end) => void end());
  expect(await raw.rest()).toEqual([answered(1, null)]);
  expect(await raw.after({ method: 'f', id: 3 })).toEqual([answered(3, 1)]);
  expect(peer.stats.running).toBe(0);
});

test('maxRunningCalls counts what goes on after its turn: a burst of calls that are answered at once passes', async () => {
  let ticks = 0;
  const { raw } = await dialSlim({
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
  const { peer, raw } = await dialSlim({ limits: { maxExports: 1 }, handler: { f: () => items } });
  expect(await failureOf(peer.call.f(...items))).toMatchObject({
    code: -32002,
    message: 'maxExports (1) is reached',
  });
  expect(() => peer.notify.f(() => {}, items[0])).toThrow('maxExports (1) is reached');
  expect((await raw.after({ method: 'f', id: 1 }))[0]).toContain('maxExports (1) is reached');
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
  await raw.next();
  const long = 'é'.repeat(500);
  expect(await failureOf(peer.call.f(long))).toMatchObject({
    code: -32002,
    message: 'The message is longer than 1000 bytes (maxMessageBytes)',
  });
  expect(() => peer.notify.f(long, () => {})).toThrow('maxMessageBytes');
  raw.greet(allExtensions, { maxMessageBytes: 300 });
  await raw.rest();
  expect((await failureOf(peer.call.f('x'.repeat(300)))).message).toContain('300 bytes (maxMessageBytes)');
  const fits = peer.method.f('x'.repeat(300 - '{"params":[""],"method":"f","id":3}'.length));
  expect((await raw.rest())[0]).toHaveLength(300);
  raw.send(answered(fits.id, 'fine'));
  expect(await fits.value).toBe('fine');
  expect(peer.stats).toMatchObject({ exported: 0, pending: 0 });
});

test('an answer that is too long becomes an error, a long error is cut, and references in it do not stay', async () => {
  const { peer, raw } = await dialSlim({
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

test('not even the shortest of limits lets an error escape', async () => {
  const errors: unknown[] = [];
  const { peer, raw } = await dialUngreeted({
    handler: { f: () => 1, later: async () => 1 },
    onError: (error) => errors.push(error),
  });
  await raw.next();
  raw.greet(allExtensions, { maxMessageBytes: 5 });
  raw.send(
    { method: 'f', id: 1 },
    { method: 'later', id: 2 },
    { method: 'later', id: 2 },
    { method: 'nothing', id: 3 },
    { method: '$/nothing', id: 4 },
  );
  await expect.poll(() => errors.length).toBe(5);
  expect(peer.stats.running).toBe(0);
  expect(raw.received).toHaveLength(1);
});

test('maxDepth: arguments, results and errors', async () => {
  const deep = [[[[1]]]];
  const { peer, raw } = await dialSlim({
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
