import { connect as connectSocket } from 'node:net';
import { createServer } from '@bjsonrpc/peer';
import { resumable } from '@bjsonrpc/resumable';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, onTestFinished, test } from 'vitest';
import { type AcceptedByHand, acceptingSide, claim, type Heard, lost, verdict } from './by-hand.ts';

const idOf = (i: number): string => `AbCd-${String(i).padStart(6, '0')}`;

/** Sessions that are made and left. */
async function leaveBehind({ dial, clock }: AcceptedByHand, count: number, from = 0): Promise<void> {
  for (let i = from; i < from + count; i++) (await dial(claim({ id: idOf(i) }))).duplex.close();
  await clock.advance(0);
}

function evicted({ sessions }: AcceptedByHand): number[] {
  return sessions.flatMap(({ error }, i) =>
    (error as { reason?: string } | undefined)?.reason === 'evicted' ? [i] : [],
  );
}

test('sessions that are away are bounded: the longest goes, and its owner is told', async () => {
  const side = await acceptingSide({ maxAwaySessions: 5 });
  await leaveBehind(side, 8);
  expect(evicted(side)).toEqual([0, 1, 2]);
  expect((await side.dial(claim({ id: idOf(1), attempt: 2 }))).messages).toEqual([lost('evicted', 0)]);
  expect((await side.dial(claim({ id: idOf(3), attempt: 2 }))).messages).toEqual([verdict(2, 0)]);
});

test('so are those of one client, which are its own', async () => {
  let principal = 'Eve';
  const side = await acceptingSide({ maxAwayPerClient: 3 }, () => principal);
  principal = 'Ada';
  await leaveBehind(side, 2);
  principal = 'Eve';
  await leaveBehind(side, 10, 100);
  expect(evicted(side)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  principal = 'Ada';
  expect((await side.dial(claim({ id: idOf(0), attempt: 2 }))).messages).toEqual([verdict(2, 0)]);
});

test('so is what is kept for all of them', async () => {
  const side = await acceptingSide({ maxTotalAwayChars: 10_000, maxAwayChars: 8000 });
  await leaveBehind(side, 4);
  for (const { duplex } of side.sessions) void duplex.send(`["${'x'.repeat(3996)}"]`);
  await side.clock.advance(0);
  expect(evicted(side)).toEqual([0, 1]);
  for (let i = 0; i < 2; i++) side.sessions[3]?.send(`["${'x'.repeat(3996)}"]`);
  await side.clock.advance(0);
  expect(side.sessions.map(({ closes }) => closes)).toEqual([1, 1, 1, 1]);
  expect(side.sessions[3]?.error).toMatchObject({ reason: 'overflow' });
});

test('so are all sessions: who comes then is served without one', async () => {
  const side = await acceptingSide({ maxSessions: 2 });
  const lines: Heard[] = [];
  for (let i = 0; i < 3; i++) lines.push(await side.dial(claim({ id: idOf(i) }), '[1]'));
  expect(lines[2]?.messages).toEqual(['{"id":"$/session","result":null,"error":"Too many sessions"}']);
  expect(side.sessions.map(({ messages }) => messages)).toEqual([['[1]'], ['[1]'], ['[1]']]);
});

test('so are the memories of lost ones', async () => {
  const side = await acceptingSide({ maxRemembered: 3, maxAwaySessions: 0 });
  await leaveBehind(side, 5);
  const answers = [];
  for (let i = 0; i < 5; i++) answers.push((await side.dial(claim({ id: idOf(i), attempt: 2 }))).messages[0]);
  expect(answers).toEqual([
    lost('unknown'),
    lost('unknown'),
    lost('evicted', 0),
    lost('evicted', 0),
    lost('evicted', 0),
  ]);
});

test('a client that never confirms loses its session, when so much is sent to it', async () => {
  const side = await acceptingSide({ maxUnconfirmedChars: 100_000 });
  const line = await side.dial(claim({}));
  for (let i = 0; i < 200; i++) side.sessions[0]?.send(`["${'x'.repeat(996)}"]`);
  await side.clock.advance(0);
  expect(side.sessions[0]?.error).toMatchObject({ reason: 'overflow' });
  expect(line.closes).toBe(1);
});

test('a side that holds while the other never confirms keeps a bounded amount', async () => {
  const side = await acceptingSide({ maxUnconfirmedChars: 1_000_000 });
  const line = await side.dial(claim({}));
  const [session] = side.sessions;
  session?.duplex.hold(true);
  for (let i = 0; i < 60; i++) session?.send(`["${'x'.repeat(9996)}"]`);
  const kept = (session?.duplex as unknown as { readonly chars: number }) ?? { chars: 0 };
  for (let i = 0; i < 400; i++) {
    line.send(`["${'x'.repeat(9996)}"]`);
    await side.clock.advance(0);
  }
  expect(session?.closes).toBe(0);
  expect(kept.chars).toBeLessThan(600_000 + 500_000 + 20_000);
  expect(line.duplex.buffered).toBeGreaterThan(1_000_000);
});

test('a stolen name is worth nothing, and guessing disturbs nobody', async () => {
  const side = await acceptingSide();
  const line = await side.dial(claim({}));
  for (let i = 0; i < 200; i++) {
    const token = `${String(i).padStart(4, '0')}-guess-of-24-characters`.slice(0, 24);
    await side.dial(claim({ attempt: 2 + i, token }));
  }
  line.send('[1]');
  await side.clock.advance(0);
  expect([line.closes, side.sessions[0]?.messages]).toEqual([0, ['[1]']]);
  // Nor did it use up attempts.
  expect((await side.dial(claim({ attempt: 2 }))).messages[0]).toBe(verdict(2, 1));
});

test('what is kept for an idle session is little', async () => {
  const side = await acceptingSide({ maxAwaySessions: 10_000, maxAwayPerClient: 10_000 });
  await leaveBehind(side, 50); // what is made once
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await leaveBehind(side, 1000, 1000);
  globalThis.gc?.();
  const each = (process.memoryUsage().heapUsed - before) / 1000;
  expect(side.sessions.filter(({ closes }) => closes > 0).length).toBe(0);
  expect(each).toBeLessThan(16_000); // both the session and what this test keeps of it
  process.stdout.write(`bytes for a session that is away, the test's own included: ${Math.round(each)}\n`);
});

test('a flood of sessions, made and dropped, leaves others alone', async () => {
  const options = { maxConnectionsPerAddress: 10_000 };
  const api = { ping: () => 'pong' };
  const server = await createServer(
    resumable(tcp({ port: 0, ...options }), { maxAwayPerClient: 50 }),
    () => api,
    {
      onError: () => {},
    },
  );
  onTestFinished(() => server.close({ graceMs: 0 }));
  const { port = 0 } = server.address;
  let flooded = 0;
  let isOver = false;
  const flood = async (): Promise<void> => {
    while (!isOver) {
      await new Promise<void>((resolve) => {
        const socket = connectSocket({ port, host: '127.0.0.1' }, () => {
          socket.write(`${claim({ id: idOf(flooded++) })}\n`);
          socket.once('data', () => socket.resetAndDestroy());
        });
        socket.on('error', () => {}).on('close', () => resolve());
      });
    }
  };
  const floods = Array.from({ length: 20 }, flood);
  const victim = connectSocket({ port, host: '127.0.0.1' });
  onTestFinished(() => void victim.destroy());
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    const begun = performance.now();
    victim.write('{"method":"ping","id":1}\n');
    await new Promise((resolve) => victim.once('data', resolve));
    times.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  isOver = true;
  await Promise.all(floods);
  times.sort((one, other) => one - other);
  process.stdout.write(
    `${flooded} sessions; a second connection: ${times[25]?.toFixed(1)} ms in the middle, ${times.at(-1)?.toFixed(1)} at most\n`,
  );
  expect(flooded).toBeGreaterThan(100);
  expect(times[25]).toBeLessThan(50);
  await expect.poll(() => server.connections.size, { timeout: 5000 }).toBeLessThanOrEqual(51);
});
