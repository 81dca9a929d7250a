import { CancelledError, connect, createServer, currentCall, type Peer, TimeoutError } from '@bjsonrpc/peer';
import { resumable } from '@bjsonrpc/resumable';
import { memory, VirtualClock } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, onTestFinished, test } from 'vitest';
import { FaultProxy } from '../../../test/hostile/fault-proxy.ts';
import { diallingSide, Heard, verdict } from './by-hand.ts';
import { openSession } from './open-session.ts';

test('a long message gets through a slow line, though its sender hears of nothing else', async () => {
  const got: number[] = [];
  const api = { take: (text: string) => got.push(text.length) };
  const quick = { ackMs: 50, silenceMs: 200 };
  let connections = 0;
  const server = await createServer(resumable(tcp({ port: 0 }), quick), () => api);
  onTestFinished(() => server.close({ graceMs: 0 }));
  await using proxy = await FaultProxy.open({
    port: server.address.port ?? 0,
    up: { pieceBytes: 16 * 1024, delayMs: 20 },
  });
  const peer = await connect<typeof api>(
    resumable(tcp({ port: proxy.port }), {
      ...quick,
      onState: ({ state }) => (connections += Number(state === 'connected')),
    }),
    { pingInterval: 0 },
  );
  const begun = performance.now();
  await peer.call.take('x'.repeat(1024 * 1024));
  // Several times as long as a silent side is given.
  expect(performance.now() - begun).toBeGreaterThan(1000);
  expect([got, connections]).toEqual([[1024 * 1024], 1]);
  await peer.close();
});

interface Api {
  wait(): Promise<void>;
  add(a: number, b: number): number;
}

/** Two peers over a network that breaks, in virtual time. */
async function peersInTime(pingInterval = 60_000): Promise<{
  readonly clock: VirtualClock;
  readonly network: ReturnType<typeof memory>;
  readonly peer: Peer<Api>;
  readonly there: Peer;
  readonly cancelled: unknown[];
}> {
  const clock = new VirtualClock();
  const network = memory();
  const transport = resumable(network, { clock, random: () => 0.5 });
  const cancelled: unknown[] = [];
  const api = {
    add: (a: number, b: number) => a + b,
    wait: () =>
      new Promise((_, reject) => {
        const { signal } = currentCall();
        signal.addEventListener('abort', () => {
          cancelled.push(signal.reason);
          reject(signal.reason);
        });
      }),
  };
  const options = { clock, random: () => 0.5, pingInterval, onError: () => {} };
  const serving = createServer(transport, () => api, options);
  await clock.advance(0);
  const server = await serving;
  const peer = await connect<Api>(transport, options);
  await clock.advance(100);
  const [there] = server.connections as unknown as Iterable<Peer>;
  if (!there) throw new Error('Nothing was accepted');
  onTestFinished(async () => {
    const closing = [peer.close({ graceMs: 0 }), server.close({ graceMs: 0 })];
    await clock.advance(20_000);
    await Promise.all(closing);
    expect(clock.pending).toBe(0);
  });
  return { clock, network, peer, there, cancelled };
}

test('timeouts, deadlines and aborts of calls run on while away; cancels arrive afterwards', async () => {
  const { clock, network, peer, there, cancelled } = await peersInTime();
  const stop = new AbortController();
  const calls = [
    peer.with({ signal: stop.signal }).call.wait(),
    peer.with({ timeout: 3000 }).call.wait(),
    peer.call.add(1, 2),
  ].map((call) => (call as Promise<unknown>).catch((error: unknown) => error));
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(0);
  const made = peer
    .with({ timeout: 2000 })
    .call.add(3, 4)
    .catch((error: unknown) => error);
  const later = peer.call.add(5, 6);
  stop.abort();
  await clock.advance(0);
  expect(await calls[0]).toBeInstanceOf(CancelledError);
  await clock.advance(4000);
  expect(await calls[1]).toBeInstanceOf(TimeoutError);
  expect(await made).toBeInstanceOf(TimeoutError);
  expect(peer.info.session?.state).toBe('away');
  network.dials = 'connect';
  await clock.advance(10_000);
  expect([await calls[2], await later]).toEqual([3, 11]);
  expect(cancelled.length).toBe(2);
  expect([peer.stats.pending, there.stats.running]).toEqual([0, 0]);
});

test.each(['stall', 'cut'] as const)(
  "a peer's own pings do not end a session that has lost its connection: %s",
  async (how) => {
    const { clock, network, peer, there } = await peersInTime(1000);
    await clock.advance(5000);
    network.dials = 'refuse';
    network[how]();
    await clock.advance(13_000);
    network.dials = 'connect';
    network.thaw();
    await clock.advance(15_000);
    const sum = peer.call.add(1, 2);
    await clock.advance(10);
    expect(await sum).toBe(3);
    expect(there.info.session?.state).toBe('connected');
  },
);

test('what is sent when the session is lost, and its end not yet told, is counted with what did not arrive', async () => {
  const { session, lines, clock } = await diallingSide({ maxUnconfirmedChars: 100 });
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  for (let i = 0; i < 10; i++) session.send(`["${'x'.repeat(46)}"]`);
  await clock.advance(0);
  expect(session.error).toMatchObject({ reason: 'overflow', undelivered: 8 });
});

test('a writer that waits for room goes on when the session is lost', async () => {
  const { session, lines, network, clock } = await diallingSide({ giveUp: ({ awayMs }) => awayMs > 500 });
  lines[0]?.send(verdict(1, 0));
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(0);
  let goesOn = false;
  void session.duplex.send(`["${'x'.repeat(2_000_000)}"]`)?.then(() => {
    goesOn = true;
  });
  await clock.advance(100);
  expect([session.closes, goesOn]).toEqual([0, false]);
  await clock.advance(3000);
  expect([session.closes, goesOn]).toEqual([1, true]);
});

test('what cannot be taken on any connection is not sent again for ever', async () => {
  const clock = new VirtualClock();
  const network = memory({ maxMessageBytes: 1000 });
  const place = { listening: network, dialling: () => network };
  const opening = openSession(place, { clock, random: () => 0.5 });
  await clock.advance(0);
  const { a, b, close } = await opening;
  const [dialled, accepted] = [new Heard(a), new Heard(b)];
  dialled.send('["first"]', `["${'x'.repeat(1000)}"]`, '["behind it"]');
  await clock.advance(2000);
  expect([accepted.messages, accepted.closes, dialled.closes]).toEqual([['["first"]'], 1, 1]);
  expect(accepted.error).toMatchObject({
    reason: 'fault',
    message: expect.stringContaining('longer than 1000 bytes'),
  });
  expect(dialled.error).toMatchObject({ reason: 'fault', undelivered: 2 });
  await close();
});
