import { Handler } from '@bjsonrpc/peer';
import { VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';
import { allExtensions } from '../extended/raw-peer.ts';
import { dialUngreeted, type Session } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import { answered, cancelled, failed, objectHint } from './wire-texts.ts';

/** A peer whose other side speaks everything but this, and something that nobody knows. */
async function greetedWithout(
  extension: (typeof allExtensions)[number],
  options?: Parameters<typeof dialUngreeted>[0],
): Promise<Session> {
  const session = await dialUngreeted(options);
  await session.raw.nextText();
  session.raw.greet(['telepathy', ...allExtensions.filter((other) => other !== extension)]);
  await session.raw.rest();
  return session;
}

test('without references: a fresh name for every emission, and releases without a count', async () => {
  class Item extends Handler {}
  const { peer, raw } = await greetedWithout('references');
  const item = new Item();
  const call = peer.call.f(item, item);
  expect(await raw.after(answered(1, objectHint('box_0001')))).toEqual([
    '{"params":[{"__remoteobject__":"item_0002"},{"__remoteobject__":"item_0003"}],"method":"f","id":1}',
  ]);
  ((await call) as Disposable)[Symbol.dispose]();
  expect(await raw.rest()).toEqual(['{"method":"box_0001.__delete__"}']);
  await raw.after({ method: 'item_0002.__delete__' });
  expect(peer.stats.exported).toBe(1);
});

test('without streams: a pipe asks for no credit, and its items are plain answers', async () => {
  const { peer, raw } = await greetedWithout('streams');
  const items = peer.pipe.f();
  expect(await raw.after(...Array.from({ length: 40 }, (_, i) => answered(1, i)))).toEqual([
    '{"method":"f","id":1}',
  ]);
  for (let i = 0; i < 40; i++) expect(await items.next()).toEqual({ done: false, value: i });
  await items.return();
  expect(await raw.rest()).toEqual([cancelled(1)]);
});

test('without cancel: no timeout is told and nothing is cancelled there, but here all the same', async () => {
  const clock = new VirtualClock();
  const { peer, raw } = await greetedWithout('cancel', { clock });
  const late = failureOf(peer.with({ timeout: 100, traceparent: '00-a-b-01' }).call.f());
  const request = peer.method.f();
  request.cancel();
  await clock.advance(100);
  expect((await late).name).toBe('TimeoutError');
  expect((await failureOf(request.value)).name).toBe('CancelledError');
  expect(await raw.rest()).toEqual(['{"method":"f","id":1}', '{"method":"f","id":2}']);
});

test('without pipelining: what builds on a call waits for its answer', async () => {
  const { peer, raw } = await greetedWithout('pipelining');
  const box = peer.call.f();
  const calls = Promise.all([box.call.open?.(), peer.call.f(box)]);
  expect(await raw.rest()).toEqual(['{"method":"f","id":1}']);
  expect(await raw.after(answered(1, objectHint('box_0001')))).toEqual([
    '{"method":"box_0001.open","id":2}',
    '{"params":[{"__objectreference__":"box_0001"}],"method":"f","id":3}',
  ]);
  raw.send(answered(2, 'open'), answered(3, 'taken'));
  expect(await calls).toEqual(['open', 'taken']);
  box.close();
});

test('without errors: theirs are read, and ours are texts', async () => {
  const handler = {
    f: () => {
      throw new RangeError('no');
    },
  };
  const { peer, raw } = await greetedWithout('errors', { handler });
  const failure = failureOf(peer.call.f());
  expect(
    await raw.after(failed(1, 'KeyError: gone'), { method: 'f', id: 1 }, { method: 'g', id: 2 }),
  ).toEqual(['{"method":"f","id":1}', failed(1, 'RangeError: no'), failed(2, "Unknown method 'g'")]);
  expect(await failure).toMatchObject({ name: 'KeyError', message: 'gone' });
});

test.each<[string, unknown]>([
  ['a Date', new Date()],
  ['a Map', new Map()],
  ['an Error', new Error('x')],
  ['a Bytes', new Uint8Array(1)],
  ['a BigInt', 1n],
])('without values: %s is refused by name and place, in every direction', async (what, value) => {
  const { peer, raw } = await greetedWithout('values', { handler: { f: () => [{ a: value }] } });
  const place = (where: string): string => `${where}[0].a: cannot send ${what}`;
  for (const call of [
    peer.call.f({ a: value }),
    peer.method.f({ a: value }).value,
    peer.pipe.f({ a: value }).next(),
  ])
    expect((await failureOf(call)).message).toContain(place('params'));
  expect(() => peer.notify.f({ a: value })).toThrow(place('params'));
  const [answer, ...rest] = await raw.after({ method: 'f', id: 1 });
  expect(answer).toContain(place('result'));
  expect(answer).toContain('"code":-32603');
  expect(rest).toEqual([]);
});

test('without bye: a close is not announced', async () => {
  const { peer, raw } = await greetedWithout('bye');
  const sent = raw.received.length;
  await peer.close();
  expect(raw.received).toHaveLength(sent);
});

test('without ping: silence is no reason to ask, nor to close', async () => {
  const clock = new VirtualClock();
  const { raw } = await greetedWithout('ping', { clock, pingInterval: 1000 });
  const sent = raw.received.length;
  await clock.advance(10_000);
  expect(raw.received).toHaveLength(sent);
  expect(raw.isClosed).toBe(false);
});

test('a server that answers before it greets is old, until it greets after all', async () => {
  const { peer, raw } = await dialUngreeted();
  await raw.nextText();
  const first = peer.with({ timeout: 5000 }).call.f();
  expect(await raw.after(answered(1, 'first'))).toEqual(['{"method":"f","id":1,"timeout":5000}']);
  expect(await first).toBe('first');
  const second = peer.with({ timeout: 5000 }).call.f();
  expect(await raw.after(answered(2, 'second'))).toEqual(['{"method":"f","id":2}']);
  expect(await second).toBe('second');
  raw.greet();
  await raw.rest();
  const third = peer.with({ timeout: 5000 }).call.f();
  expect(await raw.after(answered(3, 'third'))).toEqual(['{"method":"f","id":3,"timeout":5000}']);
  expect(await third).toBe('third');
});

test.each([
  'null',
  '5',
  '[]',
  '[{}]',
  '[{"extensions":"references"}]',
  '[{"extensions":{"length":9}}]',
  '[null]',
  '{"extensions":[]}',
])('a greeting of %s is none: its server is old', async (params) => {
  const { peer, raw } = await dialUngreeted();
  await raw.nextText();
  const call = peer.call.f();
  await raw.after(`{"method":"$/hello","params":${params}}`, answered(1, 'served'));
  expect(await call).toBe('served');
  peer.pipe.f();
  expect(await raw.rest()).toEqual(['{"method":"f","id":2}']);
});

test.each(['"a lot"', '-1', '0', 'null', '{}', '[[]]'])(
  'a greeting whose maxMessageBytes is %s has no such limit',
  async (limit) => {
    const { peer, raw } = await dialUngreeted();
    await raw.nextText();
    raw.send(
      `{"method":"$/hello","params":[{"extensions":${JSON.stringify(allExtensions)},"limits":{"maxMessageBytes":${limit}}}]}`,
    );
    await raw.rest();
    const call = peer.call.f('x'.repeat(1000));
    raw.send(answered(1, 'fine'));
    expect(await call).toBe('fine');
  },
);
