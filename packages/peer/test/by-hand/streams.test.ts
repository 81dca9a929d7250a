import type { RemoteIterable } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { dialRaw } from './dial-raw.ts';
import { failureOf } from './failure-of.ts';
import {
  answered,
  cancelled,
  failed,
  functionHint,
  item,
  objectHint,
  released,
  streamHint,
} from './wire-texts.ts';

const end = (id: number, result: unknown = null): string =>
  JSON.stringify({ id, result, error: null, more: false });

test('items, then the return value; from then on it is just done', async () => {
  const { peer, raw } = await dialRaw();
  const items = peer.pipe.f();
  const early = [items.next(), items.next()];
  await raw.after(item(1, 'a'), item(1, 'b'), item(1, 'c'), end(1, 'over'));
  expect(await Promise.all(early)).toEqual([
    { done: false, value: 'a' },
    { done: false, value: 'b' },
  ]);
  expect(await items.next()).toEqual({ done: false, value: 'c' });
  expect(await items.next()).toEqual({ done: true, value: 'over' });
  expect(await items.next()).toEqual({ done: true, value: undefined });
  expect(await items.return()).toEqual({ done: true, value: undefined });
  expect(await raw.rest()).toEqual([]);
});

test('items that came before an error are read before it', async () => {
  const { peer, raw } = await dialRaw();
  const items = peer.pipe.f();
  await raw.after(item(1, 'a'), item(1, 'b'), failed(1, { code: 5, message: 'no' }));
  expect((await items.next()).value).toBe('a');
  expect((await items.next()).value).toBe('b');
  expect(await failureOf(items.next())).toMatchObject({ code: 5, message: 'no' });
  expect(await items.next()).toEqual({ done: true, value: undefined });
});

test('leaving does not wait for an item, in any of the ways to leave', async () => {
  const { peer, raw } = await dialRaw();
  const leaving = [
    (items: AsyncGenerator) => items.return(undefined),
    (items: AsyncGenerator) => (items as unknown as AsyncDisposable)[Symbol.asyncDispose](),
  ];
  for (const [index, leave] of leaving.entries()) {
    const items = peer.pipe.f() as unknown as AsyncGenerator;
    const waiting = items.next();
    await raw.rest();
    await leave(items);
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await raw.after(item(index + 1, objectHint('box_0001')))).toEqual([
      cancelled(index + 1),
      released('box_0001'),
    ]);
    await leave(items);
  }
  const unread = peer.pipe.f();
  await raw.rest();
  await unread.return();
  expect(await raw.rest()).toEqual([cancelled(3)]);
});

test('break leaves, and what is not read is given back', async () => {
  const { peer, raw } = await dialRaw();
  const items = peer.pipe.f();
  await raw.after(item(1, 'a'), item(1, [objectHint('box_0001')]), item(1, functionHint('function_0001')));
  for await (const one of items) {
    expect(one).toBe('a');
    break;
  }
  expect(await raw.after(item(1, objectHint('box_0002')), end(1, objectHint('box_0003')))).toEqual([
    released('box_0001'),
    released('function_0001'),
    cancelled(1),
    released('box_0002'),
    released('box_0003'),
  ]);
  expect(peer.stats).toMatchObject({ imported: 0, stray: 2 });
});

test('what is read belongs to the reader', async () => {
  const { peer, raw } = await dialRaw();
  const items = peer.pipe.f();
  await raw.after(
    item(1, objectHint('box_0001')),
    item(1, objectHint('box_0001')),
    end(1, objectHint('box_0002')),
  );
  const box = (await items.next()).value as Disposable;
  expect((await items.next()).value).toBe(box);
  const last = (await items.next()).value as Disposable;
  expect(peer.stats.imported).toBe(2);
  box[Symbol.dispose]();
  last[Symbol.dispose]();
  expect(await raw.rest()).toEqual([released('box_0001', 2), released('box_0002')]);
});

test('a signal ends it, after what has come', async () => {
  const { peer, raw } = await dialRaw();
  const controller = new AbortController();
  const items = peer.with({ signal: controller.signal }).pipe.f();
  await raw.after(item(1, 'a'));
  controller.abort('enough');
  expect(await raw.after(item(1, 'b'))).toEqual([cancelled(1)]);
  expect((await items.next()).value).toBe('a');
  expect(await failureOf(items.next())).toMatchObject({ name: 'CancelledError', cause: 'enough' });
});

test('the end of the connection ends it', async () => {
  const { peer, raw } = await dialRaw();
  const items = peer.pipe.f();
  const waiting = failureOf(items.next());
  await raw.rest();
  raw.close();
  expect(await waiting).toMatchObject({ name: 'ConnectionClosedError', sent: true });
  expect(await failureOf(peer.pipe.f().next())).toMatchObject({ sent: false });
});

test('an item that cannot be read ends it: what came with the item is given back once, and the rest too', async () => {
  const { peer, raw } = await dialRaw();
  const items = peer.pipe.f();
  expect(
    await raw.after(
      item(1, [
        objectHint('box_0001'),
        { __objectreference__: 5 },
        objectHint('box_0002'),
        objectHint('box_0001'),
      ]),
      item(1, objectHint('box_0003')),
    ),
  ).toEqual([
    '{"method":"f","id":1,"stream":64}',
    released('box_0001'),
    released('box_0002'),
    released('box_0001'),
    cancelled(1),
    released('box_0003'),
  ]);
  expect(await failureOf(items.next())).toMatchObject({
    code: -32602,
    message: 'Malformed __objectreference__',
  });
});

test('a plain answer to a pipe is an item without an end, an item for a call is its answer, an error is one', async () => {
  const { peer, raw } = await dialRaw();
  const items = peer.pipe.f();
  const call = peer.call.f();
  const failing = peer.pipe.f();
  const error = { code: 5, message: 'no' };
  await raw.after(answered(1, 'plain'), item(2, 'first'), end(2), { id: 3, result: null, error, more: true });
  expect(await items.next()).toEqual({ done: false, value: 'plain' });
  expect(await call).toBe('first');
  expect(await failureOf(failing.next())).toMatchObject(error);
  expect(peer.stats).toMatchObject({ stray: 1, pending: 1 });
  await items.return();
  expect(await raw.rest()).toEqual([cancelled(1)]);
});

async function iterable(): Promise<
  Awaited<ReturnType<typeof dialRaw>> & { readonly stream: RemoteIterable<unknown> }
> {
  const session = await dialRaw();
  const call = session.peer.call.f();
  await session.raw.after(answered(1, streamHint('stream_0001')));
  return { ...session, stream: (await call) as RemoteIterable<unknown> };
}

test('an iterable is read to its end, and let go of', async () => {
  const { peer, raw, stream } = await iterable();
  const read: unknown[] = [];
  const reading = (async () => {
    for await (const one of stream) read.push(one);
  })();
  expect(await raw.after(item(2, 'a'), item(2, 'b'), end(2))).toEqual([
    '{"method":"stream_0001.__iter__","id":2,"stream":64}',
    released('stream_0001'),
  ]);
  await reading;
  expect(read).toEqual(['a', 'b']);
  expect(peer.stats.imported).toBe(0);
  expect((await failureOf(stream[Symbol.asyncIterator]().next())).message).toBe(
    'stream_0001 cannot be used: it was iterated to its end',
  );
});

test('an iterable is left while an item is awaited, or before any is asked for', async () => {
  const waiting = await iterable();
  const items = waiting.stream[Symbol.asyncIterator]();
  const next = items.next();
  await waiting.raw.rest();
  await items.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(await waiting.raw.rest()).toEqual([released('stream_0001'), cancelled(2)]);

  const unread = await iterable();
  await unread.stream[Symbol.asyncIterator]().return?.();
  await unread.raw.rest();
  expect(unread.raw.received.slice(-3, -1)).toEqual([released('stream_0001'), cancelled(2)]);
});

test('an iterable that nobody reads is closed like any reference, and as an argument goes with its call', async () => {
  const { raw, stream } = await iterable();
  stream.close();
  expect(await raw.rest()).toEqual([released('stream_0001')]);
  const read: unknown[] = [];
  const other = await dialRaw({
    handler: {
      f: async (items: AsyncIterable<unknown>) => {
        for await (const one of items) read.push(one);
      },
    },
  });
  await other.raw.after({ method: 'f', params: [streamHint('stream_0002')], id: 1 }, item(1, 'a'), end(1));
  await expect.poll(() => other.peer.stats.running).toBe(0);
  expect(read).toEqual(['a']);
  expect(other.raw.received.filter((text) => text === released('stream_0002'))).toHaveLength(1);
});
