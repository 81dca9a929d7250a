import { connect } from 'node:net';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { type TcpOptions, tcp } from '@bjsonrpc/transport-tcp';
import { expect, test } from 'vitest';
import { listening } from './open-tcp.ts';
import { openRaw, RawClient } from './raw-client.ts';

const MIB = 1024 * 1024;

type Listening = Awaited<ReturnType<typeof listening>>;

/** Connections that leave a line of so many bytes unfinished, with their server ends; those that are open, and all of it. */
async function leaveUnfinished(
  count: number,
  bytes: number,
  options: TcpOptions,
): Promise<{
  raws: RawClient[];
  servers: Probe[];
  open(): Probe[];
  kept(): number;
  address: Listening['address'];
  accepted: Listening['accepted'];
  close(): Promise<void>;
}> {
  const { listener, address, accepted } = await listening(options);
  const raws: RawClient[] = [];
  const servers: Probe[] = [];
  for (let i = 0; i < count; i++) {
    const raw = new RawClient(connect(address));
    raws.push(raw);
    raw.socket.write(`["${'x'.repeat(bytes)}`);
    servers.push(new Probe((await accepted()).duplex).start());
  }
  const open = (): Probe[] => servers.filter(({ isClosed }) => !isClosed);
  const close = async (): Promise<void> => {
    for (const { socket } of raws) socket.destroy();
    await until('all closes', () => open().length === 0);
    await listener.close();
  };
  return {
    raws,
    servers,
    open,
    close,
    address,
    accepted,
    kept: () => open().reduce((sum, { duplex }) => sum + duplex.bytesIn, 0),
  };
}

test('unfinished lines are kept up to a limit; who leaves them is cut off, and the others go on', async () => {
  const all = await leaveUnfinished(20, MIB, { maxUnfinishedBytes: 8 * MIB });
  let most = 0;
  await until('room', () => {
    most = Math.max(most, all.kept());
    return all.open().length < 10 && all.kept() < 8 * MIB;
  });
  // One message more, and a piece of each of the others that was on its way.
  expect(most).toBeLessThan((8 + 1 + 20 / 16) * MIB);
  for (const { closes } of all.servers.filter(({ isClosed }) => isClosed)) {
    expect(closes[0]?.error?.message).toMatch(
      /^The connections of this listener keep more than 8388608 bytes of unfinished input; this one kept \d+/,
    );
  }
  // Somebody else, with a long message that does end.
  const other = new Probe(await tcp(all.address).dial({})).start();
  const server = new Probe((await all.accepted()).duplex).start();
  other.send(`["${'y'.repeat(4 * MIB)}"]`);
  await until('the message', () => server.messages.length === 1);
  other.close();
  await until('its close', () => server.isClosed);
  await all.close();
});

test('many long messages at once come through, one after the other, and nobody is cut off', async () => {
  const all = await leaveUnfinished(20, MIB, { maxUnfinishedBytes: 4 * MIB });
  for (const { socket } of all.raws) socket.write('"]\n');
  let most = 0;
  const kept = (): number =>
    all.servers.reduce((sum, { duplex, messages }) => sum + (messages.length === 0 ? duplex.bytesIn : 0), 0);
  await until('all messages', () => {
    most = Math.max(most, kept());
    return all.servers.every(({ messages }) => messages.length === 1);
  });
  expect(all.open().length).toBe(20);
  expect(most).toBeLessThan((4 + 1 + 20 / 16) * MIB);
  await all.close();
});

test('what waits whole while reading is held counts as well', async () => {
  const { listener, address, accepted } = await listening({ maxUnfinishedBytes: 4 * MIB });
  const raws: RawClient[] = [];
  const servers: Probe[] = [];
  for (let i = 0; i < 8; i++) {
    const raw = new RawClient(connect(address));
    raws.push(raw);
    const server = new Probe((await accepted()).duplex);
    server.hold(true);
    servers.push(server.start());
    raw.socket.write(`["${'x'.repeat(MIB)}"]\n`);
  }
  await until('room', () => servers.filter(({ isClosed }) => isClosed).length >= 2);
  const left = servers.filter(({ isClosed }) => !isClosed);
  expect(left.length).toBeGreaterThan(0);
  for (const server of left) server.hold(false);
  await until('the others', () => left.every(({ messages }) => messages.length === 1));
  for (const { socket } of raws) socket.destroy();
  await until('all closes', () => servers.every(({ isClosed }) => isClosed));
  await listener.close();
});

test('a message that drips is cut off, however regularly; one that moves is not', async () => {
  const drips = await openRaw({ messageTimeoutMs: 200 });
  drips.raw.socket.write('["');
  const drip = setInterval(() => drips.raw.socket.write('x'), 10);
  const moves = await openRaw({ messageTimeoutMs: 200 });
  moves.raw.socket.write('["');
  const move = setInterval(() => moves.raw.socket.write('x'.repeat(2000)), 10);
  await until('the close', () => drips.server.isClosed);
  clearInterval(drip);
  expect(drips.server.closes[0]?.error?.message).toMatch(
    /^127\.0\.0\.1:\d+ did not end a message in [\d.]+ s; \d+ bytes of it came$/,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  clearInterval(move);
  moves.raw.socket.write('"]\n');
  await until('the message', () => moves.server.messages.length === 1);
  expect(moves.server.closes).toEqual([]);
  await Promise.all([drips.close(), moves.close()]);
});

test('each message has its own time, and none runs while nobody reads', async () => {
  const { raw, server, close } = await openRaw({ messageTimeoutMs: 200 });
  for (let i = 0; i < 12; i++) {
    raw.socket.write('[1]\n[');
    await new Promise((resolve) => setTimeout(resolve, 40));
    raw.socket.write('2]\n[3');
    await new Promise((resolve) => setTimeout(resolve, 40));
    raw.socket.write(']\n');
  }
  await until('the messages', () => server.messages.length === 36);
  expect(server.closes).toEqual([]);
  server.hold(true);
  raw.socket.write(`["${'x'.repeat(1000)}"]\n`.repeat(20_000));
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(server.closes).toEqual([]);
  server.hold(false);
  await until('all messages', () => server.messages.length === 20_036);
  await close();
});

test('who connects and says nothing, or blank lines, is cut off', async () => {
  const mute = await openRaw({ firstMessageMs: 150 });
  const blank = await openRaw({ firstMessageMs: 150 });
  const drip = setInterval(() => blank.raw.socket.write('\n'), 10);
  await until('both closes', () => mute.server.isClosed && blank.server.isClosed);
  clearInterval(drip);
  for (const { server } of [mute, blank])
    expect(server.closes[0]?.error?.message).toMatch(/said nothing for 150 ms after it connected$/);
  await Promise.all([mute.close(), blank.close()]);
});

test('who has said something is not, nor who only listens, nor who was dialled', async () => {
  const options = { firstMessageMs: 100 };
  const talks = await openRaw(options);
  talks.raw.socket.write('[1]\n');
  const listens = await openRaw(options);
  listens.server.send('["news"]');
  const { listener, address, accepted } = await listening(options);
  const dialled = new Probe(await tcp({ ...address, ...options }).dial({})).start();
  const server = new Probe((await accepted()).duplex).start();
  dialled.send('[1]'); // to a side that answers nothing
  await new Promise((resolve) => setTimeout(resolve, 400));
  for (const probe of [talks.server, listens.server, dialled, server]) expect(probe.closes).toEqual([]);
  dialled.close();
  await until('both closes', () => dialled.isClosed && server.isClosed);
  await Promise.all([talks.close(), listens.close(), listener.close()]);
});
