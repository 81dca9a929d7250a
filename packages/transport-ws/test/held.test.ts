import { Probe, until } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';
import { openWs } from './open-ws.ts';
import { openRaw } from './raw-client.ts';

/** A text frame of a client, its mask of zeros. */
function frame(text: string): Buffer {
  const head = Buffer.from([0x81, 0xfe, text.length >> 8, text.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([head, Buffer.from(text)]);
}

const message = `["${'x'.repeat(1000)}"]`;

test.for([
  [0, 'resetAndDestroy'],
  [10, 'resetAndDestroy'],
  [20_000, 'resetAndDestroy'],
  [0, 'destroy'],
  [10, 'destroy'],
  [20_000, 'destroy'],
] as const)(
  'with %i messages unread, a socket that is gone (%s) is noticed while reading is held',
  async ([count, how]) => {
    const { raw, server, close } = await openRaw();
    server.hold(true);
    raw.socket.on('error', () => {});
    raw.socket.write(Buffer.concat(Array.from({ length: count }, () => frame(message))));
    await new Promise((resolve) => setTimeout(resolve, 100));
    raw.socket[how]();
    await until('the close', () => server.isClosed, 10_000);
    expect(server.closes[0]?.error?.message).toMatch(/broke/);
    await close();
  },
);

test('the signs of life by which it is noticed are nothing to a side that lives', async () => {
  const { a, b, close } = await openWs();
  const sender = new Probe(a).start();
  const reader = new Probe(b).start();
  reader.hold(true);
  const sent = Array.from({ length: 3000 }, (_, i) => `[${i},"${'x'.repeat(1000)}"]`);
  for (const text of sent) sender.send(text);
  await until('a sign of life', () => sender.duplex.bytesIn > 0);
  expect([reader.messages, reader.closes, sender.messages]).toEqual([[], [], []]);
  reader.hold(false);
  await until('all messages', () => reader.messages.length === sent.length);
  sender.close();
  await until('both closes', () => sender.isClosed && reader.isClosed);
  expect([sender.messages, sender.closes]).toEqual([[], [{ error: undefined }]]);
  await close();
});
