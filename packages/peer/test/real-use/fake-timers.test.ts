import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { afterEach, expect, test, vi } from 'vitest';
import { failureOf } from '../by-hand/failure-of.ts';

class Api extends Handler<{ ask(): number }> {
  add(a: number, b: number): number {
    return a + b;
  }
  async *items(): AsyncGenerator<number> {
    for (let i = 0; i < 100; i++) yield i;
  }
  async back(): Promise<number> {
    return await this.peer.call.ask();
  }
  note(): void {}
}

afterEach(() => vi.useRealTimers());

const faked = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'Date', 'performance'] as const;

test('a connection goes on under faked timers and a faked time', async () => {
  const network = memory();
  const server = await createServer(network, () => new Api(), { limits: { maxRunningCalls: 2 } });
  const peer = await connect<Api>(network, { handler: { ask: () => 5 }, timeout: 300 });
  await peer.call.add(1, 1);
  vi.useFakeTimers({ toFake: [...faked] });
  const sums = await Promise.all(Array.from({ length: 50 }, (_, i) => peer.call.add(i, 1)));
  expect(sums[49]).toBe(50);
  expect(await Promise.all([peer.call.back(), peer.call.back(), peer.call.back()])).toEqual([5, 5, 5]);
  let items = 0;
  for await (const _ of peer.pipe.items()) items++;
  expect(items).toBe(100);
  vi.advanceTimersByTime(3_600_000);
  vi.setSystemTime(0);
  expect(await peer.call.add(1, 2)).toBe(3); // no timeout has come of it
  await peer.close();
  await server.close();
});

test('one that begins under them, too', async () => {
  vi.useFakeTimers({ toFake: [...faked] });
  const network = memory();
  const server = await createServer(network, () => new Api());
  const peer = await connect<Api>(network);
  expect(await peer.with({ timeout: 5000, deadline: Date.now() + 5000 }).call.add(1, 2)).toBe(3);
  await server.close();
  expect(await peer.closed).toEqual({ by: 'there', error: undefined });
});

test('the timeouts of a peer run on real time all the same', async () => {
  const network = memory();
  await using _server = await createServer(network, () => ({ wait: () => new Promise(() => {}) }));
  await using peer = await connect<{ wait(): void }>(network, { timeout: 20 });
  vi.useFakeTimers({ toFake: [...faked] });
  expect(await failureOf(peer.call.wait())).toMatchObject({ name: 'TimeoutError' });
  expect(await failureOf(peer.with({ timeout: 10 }).call.wait())).toMatchObject({ name: 'TimeoutError' });
  vi.useRealTimers();
  await peer.close({ graceMs: 0 });
});

test('microtasks may be faked as well', async () => {
  const server = await createServer(tcp({ port: 0 }), () => new Api(), { limits: { maxRunningCalls: 1 } });
  const peer = await connect<Api>(tcp({ port: server.address.port as number }), {
    handler: { ask: () => 5 },
  });
  await peer.call.add(1, 1);
  vi.useFakeTimers({ toFake: [...faked, 'queueMicrotask'] });
  // The second of them is begun by a microtask: when the first one waits for its answer.
  expect(await Promise.all([peer.call.back(), peer.call.back(), peer.call.back()])).toEqual([5, 5, 5]);
  vi.useRealTimers();
  await peer.close();
  await server.close();
});

test.each([
  ['memory', () => memory()],
  ['tcp', () => tcp({ port: 0 })],
])('nor do more messages than a transport delivers in one turn, over %s', async (name, make) => {
  const network = make();
  const server = await createServer(network, () => new Api());
  const peer = await connect<Api>(name === 'tcp' ? tcp({ port: server.address.port as number }) : network);
  await peer.call.add(1, 1);
  vi.useFakeTimers({ toFake: [...faked, 'queueMicrotask'] });
  const sums = await Promise.all(Array.from({ length: 2000 }, (_, i) => peer.call.add(i, 1)));
  expect(sums).toHaveLength(2000);
  vi.useRealTimers();
  await peer.close();
  await server.close();
});
