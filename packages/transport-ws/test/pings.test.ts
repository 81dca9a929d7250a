import { until } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';
import { openRaw } from './raw-client.ts';

/** A ping of a client with so many bytes, its mask of zeros. */
function ping(length: number, fill = 0): Buffer {
  return Buffer.concat([Buffer.from([0x89, 0x80 | length, 0, 0, 0, 0]), Buffer.alloc(length, fill)]);
}

test('many pings in one piece end no connection; the last of them is answered', async () => {
  const { raw, server, close } = await openRaw();
  raw.socket.write(Buffer.concat([...Array<Buffer>(1000).fill(ping(4, 1)), ping(4, 2)]));
  raw.socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x5b, 0x5d]));
  await until('the message', () => server.messages.length === 1);
  await until('the last answer', () => Buffer.concat(raw.chunks).at(-1) === 2);
  expect(raw.pongs).toBeGreaterThan(1);
  expect(server.closes).toEqual([]);
  await close();
});

test('who sends pings and reads no answers makes this side keep little, and goes on', async () => {
  const { raw, server, close } = await openRaw();
  raw.socket.pause();
  const many = Buffer.concat(Array<Buffer>(1000).fill(ping(125)));
  for (let i = 0; i < 300; i++) {
    if (!raw.socket.write(many)) await new Promise((resolve) => raw.socket.once('drain', resolve));
  }
  await until('all of them', () => server.duplex.bytesIn === 300 * many.length);
  // What the system has taken, and little more: all answers would be 38 MB.
  expect(server.duplex.bytesOut).toBeLessThan(16_000_000);
  expect(server.closes).toEqual([]);
  raw.socket.resume();
  raw.socket.write(ping(4, 2));
  await until('the last answer', () => raw.chunks.at(-1)?.at(-1) === 2);
  await close();
});
