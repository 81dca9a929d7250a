import { until } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';
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
  expect(room ?? server.send(chunk)).toBeInstanceOf(Promise);
  await (room ?? server.send(chunk));
  await until('the close', () => server.isClosed);
  expect(server.closes[0]?.error?.message).toBe('The other side does not read: it took nothing for 100 ms');
  await close();
  expect(server.closes.length).toBe(1);
});

test('a reader that is slow but reads is not', async () => {
  const { raw, server, close } = await openRaw({ writeStallMs: 1000 });
  let read = 0;
  raw.socket.removeAllListeners('data');
  raw.socket.on('data', (data: Buffer) => {
    read += data.length;
    raw.socket.pause();
    setTimeout(() => raw.socket.resume(), 2);
  });
  const total = 300;
  for (let i = 0; i < total; i++) server.send(chunk);
  await until('all bytes', () => read === total * (chunk.length + 1), 18_000);
  expect(server.closes).toEqual([]);
  await until('an empty buffer', () => server.duplex.buffered === 0);
  await close();
});

test('what is sent in one turn leaves in one write', async () => {
  const { raw, server, close } = await openRaw();
  const chunks: string[] = [];
  raw.socket.removeAllListeners('data');
  raw.socket.on('data', (data: Buffer) => void chunks.push(data.toString()));
  for (let i = 0; i < 50; i++) server.send(`[${i}]`);
  await until('the bytes', () => chunks.length > 0);
  expect(chunks).toEqual([Array.from({ length: 50 }, (_, i) => `[${i}]\n`).join('')]);
  await close();
});
