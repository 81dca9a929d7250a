import { Probe, until } from '@bjsonrpc/duplex-suite';
import type { WsOptions } from '@bjsonrpc/transport-ws';
import { expect, test } from 'vitest';
import { handshake } from './handshake.ts';
import { listening, wsPackage } from './open-ws.ts';
import { openRaw, RawClient } from './raw-client.ts';

const MIB = 1024 * 1024;

/** The head of a frame of so many bytes, its mask of zeros. */
function head(first: number, length: number): Buffer {
  const bytes = Buffer.alloc(14);
  bytes[0] = first;
  bytes[1] = 0xff;
  bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}

/** Bare clients of one listener, with their server ends. */
async function openMany(
  count: number,
  options: WsOptions,
  onOpen: (raw: RawClient) => void,
): Promise<{
  url: string;
  accepted: Awaited<ReturnType<typeof listening>>['accepted'];
  servers: Probe[];
  close(): Promise<void>;
}> {
  const { listener, url, accepted } = await listening(options);
  const servers: Probe[] = [];
  const raws: RawClient[] = [];
  for (let i = 0; i < count; i++) {
    const raw = new RawClient((await handshake(url)).socket);
    raws.push(raw);
    const server = new Probe((await accepted()).duplex).start();
    servers.push(server);
    onOpen(raw);
  }
  const close = async (): Promise<void> => {
    for (const { socket } of raws) socket.destroy();
    await until('all closes', () => servers.every(({ isClosed }) => isClosed));
    await listener.close();
  };
  return { url, accepted, servers, close };
}

test.for([
  [
    'frames',
    (raw: RawClient): void => void raw.socket.write(Buffer.concat([head(0x81, 2 * MIB), Buffer.alloc(MIB)])),
  ],
  [
    'fragments',
    (raw: RawClient): void => {
      raw.socket.write(Buffer.concat([head(0x01, MIB), Buffer.alloc(MIB)]));
      raw.socket.write(Buffer.concat([head(0x00, MIB), Buffer.alloc(1)]));
    },
  ],
] as const)(
  'unfinished messages are kept up to a limit, the others go on: %s',
  { timeout: 60_000 },
  async ([, begin]) => {
    const { url, accepted, servers, close } = await openMany(20, { maxUnfinishedBytes: 8 * MIB }, begin);
    const open = (): Probe[] => servers.filter(({ isClosed }) => !isClosed);
    const kept = (): number => open().reduce((sum, { duplex }) => sum + duplex.bytesIn, 0);
    let most = 0;
    await until('room', () => {
      most = Math.max(most, kept());
      return open().length < 10 && kept() < 8 * MIB;
    });
    expect(most).toBeLessThan((8 + 2 + 20 / 16) * MIB);
    for (const { closes } of servers.filter(({ isClosed }) => isClosed))
      expect(closes[0]?.error?.message).toMatch(
        /^The connections of this listener keep more than 8388608 bytes/,
      );
    const other = new Probe(await wsPackage(url).dial({})).start();
    const server = new Probe((await accepted()).duplex).start();
    other.send(`["${'y'.repeat(4 * MIB)}"]`);
    // Room is made once a second: on a busy machine that takes its time.
    await until('the message', () => server.messages.length === 1, 30_000);
    other.close();
    await until('its close', () => server.isClosed);
    await close();
  },
);

test('many long messages at once come through, one after the other, and nobody is cut off', async () => {
  const { listener, url, accepted } = await listening({ maxUnfinishedBytes: 4 * MIB });
  const clients: Probe[] = [];
  const servers: Probe[] = [];
  for (let i = 0; i < 16; i++) {
    clients.push(new Probe(await wsPackage(url).dial({})).start());
    servers.push(new Probe((await accepted()).duplex).start());
  }
  for (const client of clients) client.send(`["${'x'.repeat(2 * MIB)}"]`);
  await until('all messages', () => servers.every(({ messages }) => messages.length === 1));
  expect(servers.flatMap(({ closes }) => closes)).toEqual([]);
  for (const client of clients) client.close();
  await until('all closes', () => servers.every(({ isClosed }) => isClosed));
  await listener.close();
});

test('a byte of a message between many pings keeps no more than twice the longest message', async () => {
  const { raw, server, close } = await openRaw({ maxMessageBytes: 64 * 1024 });
  const ping = Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]);
  const piece = Buffer.concat([
    Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0x20]),
    ...Array<Buffer>(400).fill(ping),
  ]);
  raw.socket.on('error', () => {});
  raw.socket.write(Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x5b]));
  for (let i = 0; i < 100 && !server.isClosed; i++) {
    raw.socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await until('the close', () => server.isClosed);
  expect(server.closes[0]?.error?.message).toMatch(/sent \d+ bytes around a message that has not ended$/);
  expect(server.duplex.bytesIn).toBeLessThan(MIB);
  await close();
});

test('a message that drips is cut off, in a frame and in fragments; one that moves is not', async () => {
  const options = { messageTimeoutMs: 200 };
  const inFrame = await openRaw(options);
  const inFragments = await openRaw(options);
  const moves = await openRaw(options);
  inFrame.raw.socket.write(head(0x81, 100_000));
  inFragments.raw.socket.write(head(0x01, 0));
  moves.raw.socket.write(head(0x81, 200_000));
  let moved = 0;
  const drip = setInterval(() => {
    inFrame.raw.socket.write(' ');
    inFragments.raw.socket.write(Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0x20]));
    moves.raw.socket.write(' '.repeat(2000));
    moved += 2000;
  }, 10);
  await until('both closes', () => inFrame.server.isClosed && inFragments.server.isClosed);
  await new Promise((resolve) => setTimeout(resolve, 200));
  clearInterval(drip);
  for (const { server } of [inFrame, inFragments])
    expect(server.closes[0]?.error?.message).toMatch(
      /did not end a message in [\d.]+ s; \d+ bytes of it came$/,
    );
  moves.raw.socket.write(' '.repeat(200_000 - moved));
  await until('the message', () => moves.server.messages.length === 1);
  expect(moves.server.closes).toEqual([]);
  await Promise.all([inFrame, inFragments, moves].map(({ close }) => close()));
});

test('who connects and says nothing is cut off; not who only listens, nor who was dialled', async () => {
  const options = { firstMessageMs: 500, pingIntervalMs: 0 };
  const mute = await openRaw(options);
  const listens = await openRaw(options);
  listens.server.send('["news"]');
  const { listener, url, accepted } = await listening(options);
  const dialled = new Probe(await wsPackage({ ...options, url }).dial({})).start();
  const server = new Probe((await accepted()).duplex).start();
  dialled.send('[1]');
  await until('the close', () => mute.server.isClosed);
  expect(mute.server.closes[0]?.error?.message).toMatch(/said nothing for 500 ms after it connected$/);
  await new Promise((resolve) => setTimeout(resolve, 700));
  for (const probe of [listens.server, dialled, server]) expect(probe.closes).toEqual([]);
  dialled.close();
  await until('both closes', () => dialled.isClosed && server.isClosed);
  await Promise.all([mute.close(), listens.close(), listener.close()]);
});
