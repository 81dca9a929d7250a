import { connect } from 'node:net';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, test } from 'vitest';
import { listening } from './open-tcp.ts';
import { openRaw, RawClient } from './raw-client.ts';

const MIB = 1024 * 1024;

test('unfinished lines of many connections are kept up to a limit; the others go on', async () => {
  const { listener, address, accepted } = await listening({ maxUnfinishedBytes: 8 * MIB });
  const raws: RawClient[] = [];
  const servers: Probe[] = [];
  for (let i = 0; i < 30; i++) {
    const raw = new RawClient(connect(address));
    raws.push(raw);
    raw.socket.write(`["${'x'.repeat(MIB)}`);
    const server = new Probe((await accepted()).duplex).start();
    servers.push(server);
    await until('its bytes', () => server.isClosed || server.duplex.bytesIn > MIB);
  }
  // The oldest go first.
  await until('the closes', () => servers.slice(0, -7).every(({ isClosed }) => isClosed));
  expect(servers.filter(({ isClosed }) => !isClosed).length).toBe(7);
  for (const { closes } of servers.slice(0, -7)) {
    expect(closes[0]?.error?.message).toMatch(
      /^The connections of this listener keep more than 8388608 bytes of unfinished input; this one kept \d+/,
    );
  }
  // Somebody else, with a long message that does end.
  // By then the others have kept theirs for long.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const other = new Probe(await tcp(address).dial({})).start();
  const server = new Probe((await accepted()).duplex).start();
  other.send(`["${'y'.repeat(4 * MIB)}"]`);
  await until('the message', () => server.messages.length === 1);
  // Who ends gives back what it kept.
  for (const raw of raws.slice(-3)) raw.socket.write('"]\n');
  await until('the last ones', () => servers.slice(-3).every(({ messages }) => messages.length === 1));
  for (const { socket } of raws) socket.destroy();
  other.close();
  await until('all closes', () => [...servers, server].every(({ isClosed }) => isClosed));
  await listener.close();
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
    await until('its bytes', () => server.isClosed || server.duplex.bytesIn > MIB);
  }
  await until('the closes', () => servers.slice(0, -3).every(({ isClosed }) => isClosed));
  expect(servers.filter(({ isClosed }) => !isClosed).length).toBe(3);
  for (const server of servers.slice(-3)) server.hold(false);
  await until('the last ones', () => servers.slice(-3).every(({ messages }) => messages.length === 1));
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
