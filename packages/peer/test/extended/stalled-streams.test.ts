import { connect, createServer } from '@bjsonrpc/peer';
import { memory, VirtualClock } from '@bjsonrpc/transport-memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectEmpty } from '../../../../test/scenarios/session.ts';
import { dialledByHand, type RawPeer } from './raw-peer.ts';

const MINUTE_MS = 60_000;

/** Gives numbers, and tells whether it was closed. */
class Source {
  isClosed = false;
  async *count(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      this.isClosed = true;
    }
  }
}

async function piped(maxStreamStallMs?: number) {
  const clock = new VirtualClock();
  const source = new Source();
  const limits = maxStreamStallMs === undefined ? {} : { maxStreamStallMs };
  const session = await dialledByHand({ count: () => source.count() }, { clock, limits, pingInterval: 0 });
  const { raw } = session;
  raw.greet();
  await raw.next();
  raw.send({ method: 'count', id: 1, stream: 2 });
  for (const result of [0, 1]) expect(await raw.next()).toMatchObject({ id: 1, result, more: true });
  return { ...session, clock, source };
}

const credit = (raw: RawPeer, count: number) => raw.after({ method: '$/credit', params: [1, count] });

describe('a reader by hand', () => {
  test('that gives no credit for a minute is told, and the stream is closed', async () => {
    const { raw, peer, clock, source } = await piped();
    await clock.advance(MINUTE_MS - 1);
    expect(await raw.rest()).toEqual([]);
    expect(peer.stats.running).toBe(1);
    await clock.advance(1);
    expect(await raw.next()).toEqual({
      id: 1,
      result: null,
      error: {
        code: -32002,
        message: `The stream was closed: no credit came for ${MINUTE_MS} ms (maxStreamStallMs)`,
      },
    });
    expect(source.isClosed).toBe(true);
    expect(peer.stats.running).toBe(0);
  });

  test.each([1, 0])('that gives %i from time to time is not cut off', async (count) => {
    const { raw, peer, clock, source } = await piped();
    for (let i = 0; i < 5; i++) {
      await clock.advance(MINUTE_MS - 1);
      expect(await credit(raw, count)).toHaveLength(count);
    }
    expect(source.isClosed).toBe(false);
    await clock.advance(MINUTE_MS);
    expect(await raw.next()).toMatchObject({ id: 1, error: { code: -32002 } });
    expect(peer.stats.running).toBe(0);
  });

  test('may take as long as it likes where there is no limit', async () => {
    const { raw, clock, peer } = await piped(Number.POSITIVE_INFINITY);
    await clock.advance(1000 * MINUTE_MS);
    expect(peer.stats.running).toBe(1);
    expect(await credit(raw, 1)).toHaveLength(1);
  });

  test('has a limit of its own length', async () => {
    const { raw, clock } = await piped(500);
    await clock.advance(500);
    expect(await raw.next()).toMatchObject({ error: { message: expect.stringContaining('for 500 ms') } });
  });
});

test.each([
  ['reads once in five minutes', 5 * MINUTE_MS, 100],
  ['goes away for a day, and comes back', 24 * 60 * MINUTE_MS, 2],
])('a reader of this library that %s misses nothing', async (_, pauseMs, items) => {
  const clock = new VirtualClock();
  const network = memory({ clock });
  const source = new Source();
  const server = await createServer(network, () => ({ count: () => source.count() }), {
    clock,
    pingInterval: 0,
  });
  const client = await connect<{ count(): AsyncGenerator<number> }>(network, { clock, pingInterval: 0 });
  onTestFinished(async () => {
    const closed = Promise.all([client.close({ graceMs: 0 }), server.close({ graceMs: 0 })]);
    await clock.advance(5000);
    await closed;
    expectEmpty(client);
    expect(clock.pending).toBe(0);
  });
  const stream = client.pipe.count();
  for (let i = 0; i < items; i++) {
    const next = stream.next();
    await clock.advance(1);
    expect(await next).toEqual({ done: false, value: i });
    await clock.advance(pauseMs);
  }
  expect(source.isClosed).toBe(false);
  const left = stream.return();
  await clock.advance(10);
  await left;
  expect(source.isClosed).toBe(true);
});

test('a stream that is stuck, and goes on after it was given up, is answered once', async () => {
  const clock = new VirtualClock();
  let goOn = (_: unknown): void => {};
  const stuck = new Promise((resolve) => {
    goOn = resolve;
  });
  async function* items() {
    yield await stuck;
    yield 2;
  }
  const { raw, peer } = await dialledByHand({ items }, { clock, pingInterval: 0 });
  raw.greet();
  await raw.next();
  raw.send({ method: 'items', id: 1, stream: 5 });
  await raw.rest();
  raw.send({ method: '$/cancelRequest', params: { id: 1 } });
  expect(await raw.rest()).toEqual([]);
  await clock.advance(1000);
  expect(await raw.next()).toMatchObject({ id: 1, error: { code: -32800 } });
  expect(peer.stats.running).toBe(0);
  goOn(1);
  await clock.advance(1000);
  expect(await raw.rest()).toEqual([]);
});
