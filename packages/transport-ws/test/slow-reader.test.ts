import { Probe, until } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';
import { dialPlatform } from '../src/platform-dial.ts';
import { likeTheBrowsers, listening, openWs } from './open-ws.ts';
import { openRaw } from './raw-client.ts';

const chunk = `["${'x'.repeat(64 * 1024)}"]`;

test('a reader that does not read is cut off when too many bytes wait for it', async () => {
  const { raw, server, close } = await openRaw({ maxWriteBufferBytes: 4 * 1024 * 1024 });
  raw.socket.pause();
  while (server.duplex.buffered < 16 * 1024 * 1024) server.send(chunk);
  await until('the close', () => server.isClosed);
  expect(server.closes[0]?.error?.message).toBe(
    'The other side does not read: it took nothing for 1000 ms, and more than 4194304 bytes wait for it',
  );
  expect(server.duplex.buffered).toBe(0);
  await close();
  expect(server.violations).toEqual([]);
});

test('a reader that takes nothing for writeStallMs is cut off, and whoever waits for room goes on', async () => {
  const { raw, server, close } = await openRaw({ writeStallMs: 100 });
  raw.socket.pause();
  let room: Promise<void> | undefined;
  while (server.duplex.buffered < 1024 * 1024) {
    room = server.send(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await (room ?? server.send(chunk));
  await until('the close', () => server.isClosed);
  expect(server.closes[0]?.error?.message).toBe('The other side does not read: it took nothing for 100 ms');
  await close();
  expect(server.closes.length).toBe(1);
});

test('a reader that is slow but reads is not, however long the message', async () => {
  const { raw, server, close } = await openRaw({ writeStallMs: 1000 });
  let read = 0;
  raw.socket.removeAllListeners('data');
  raw.socket.on('data', (data: Buffer) => {
    read += data.length;
    raw.socket.pause();
    setTimeout(() => raw.socket.resume(), 2);
  });
  const total = 12 * 1024 * 1024;
  server.send(`["${'x'.repeat(total)}"]`);
  await until('all bytes', () => read > total, 18_000);
  expect(server.closes).toEqual([]);
  await until('an empty buffer', () => server.duplex.buffered === 0);
  await close();
});

test('what is sent in one turn leaves in one write, a frame for each message', async () => {
  const { raw, server, close } = await openRaw();
  const sent = Array.from({ length: 50 }, (_, i) => `[${i},"${'é'.repeat(i * 10)}"]`);
  for (const message of sent) server.send(message);
  await until('the messages', () => raw.texts.length === 50);
  expect(raw.chunks.length).toBe(1);
  expect(raw.texts).toEqual(sent);
  expect(raw.heads.every((head) => head === 0x81)).toBe(true);
  await close();
});

test('a long message goes in fragments, between which a ping is answered', async () => {
  const { raw, server, close } = await openRaw();
  raw.socket.pause();
  const long = JSON.stringify(['é'.repeat(4 * 1024 * 1024)]);
  server.send('["before"]');
  server.send(long);
  server.send('["after"]');
  await until('a full socket', () => server.duplex.bytesOut > 100_000);
  raw.socket.write(Buffer.from([0x89, 0x80, 0, 0, 0, 0]));
  await new Promise((resolve) => setTimeout(resolve, 20));
  raw.socket.resume();
  await until('the messages', () => raw.texts.length === 3 && raw.texts[2] !== '');
  expect(raw.texts[1] === long).toBe(true);
  expect([raw.texts[0], raw.texts[2]]).toEqual(['["before"]', '["after"]']);
  expect(raw.heads[0]).toBe(0x81);
  expect(raw.heads[1]).toBe(0x01);
  expect(raw.heads.at(-1)).toBe(0x81);
  expect(raw.heads.slice(2, -1)).toContain(0x8a);
  await close();
});

test("the platform's WebSocket: a server that does not read, by bytes and by time", async () => {
  const { listener, url, accepted } = await listening();
  for (const [options, why] of [
    [
      { maxWriteBufferBytes: 2 * 1024 * 1024 },
      'it took nothing for 1000 ms, and more than 2097152 bytes wait for it',
    ],
    [{ writeStallMs: 100 }, 'it took nothing for 100 ms'],
  ] as const) {
    const a = new Probe(await dialPlatform({ url, ...options }, {}, likeTheBrowsers)).start();
    const { duplex } = await accepted(); // and never started
    for (let i = 0; i < 2000 && !a.isClosed && a.duplex.buffered < 3 * 1024 * 1024; i++) {
      a.send(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('the close', () => a.isClosed);
    expect(a.closes).toEqual([{ error: new Error(`The other side does not read: ${why}`) }]);
    duplex.close(new Error('enough'));
  }
  await listener.close();
});

test('a reader that is held back holds the sender back, and nothing is lost', async () => {
  const { a, b, close } = await openWs({ pingIntervalMs: 20 });
  const sender = new Probe(a).start();
  const reader = new Probe(b).start();
  reader.hold(true);
  for (let i = 0; i < 300; i++) sender.send(chunk);
  // Long enough for pings that nobody reads to be missed.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect([reader.messages, sender.closes, sender.duplex.buffered > 0]).toEqual([[], [], true]);
  reader.hold(false);
  await until('all messages', () => reader.messages.length === 300);
  sender.close();
  await until('both closes', () => sender.isClosed && reader.isClosed);
  await close();
});
