import { connect as connectTls } from 'node:tls';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';
import { listening, openTcp, testTls } from './open-tcp.ts';
import { openRaw } from './raw-client.ts';

const line = `["${'x'.repeat(1000)}"]\n`;

test.concurrent.for([0, 10, 20_000])(
  'a reset is noticed while reading is held, with %i lines unread',
  async (count) => {
    const { raw, server, close } = await openRaw();
    server.hold(true);
    raw.socket.write(line.repeat(count));
    // A reset that meets a read half done is an end to Node.
    await until(
      'as much as is kept',
      () => server.duplex.bytesIn >= Math.min(count * line.length, 256 * 1024),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    raw.socket.resetAndDestroy();
    await until('the close', () => server.isClosed, 10_000);
    expect(server.closes[0]?.error?.message).toMatch(/broke/);
    await close();
  },
);

test.concurrent.for([0, 10])(
  'an end is, too, and what came before it is delivered, with %i lines unread',
  async (count) => {
    const { raw, server, close } = await openRaw();
    server.hold(true);
    raw.socket.end(line.repeat(count));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([server.messages.length, server.closes]).toEqual([0, []]);
    await until('the close', () => server.isClosed, 10_000);
    expect([server.messages.length, server.closes]).toEqual([count, [{ error: undefined }]]);
    await close();
  },
);

test.concurrent('a process that is gone is noticed behind more than is kept', async () => {
  const { raw, server, close } = await openRaw();
  server.hold(true);
  raw.socket.write(line.repeat(20_000));
  await new Promise((resolve) => setTimeout(resolve, 100));
  raw.socket.destroy();
  await until('the close', () => server.isClosed, 10_000);
  await close();
});

test.concurrent('the blank lines by which it is noticed are nothing to a side that lives', async () => {
  const { a, b, close } = await openTcp();
  const sender = new Probe(a).start();
  const reader = new Probe(b).start();
  reader.hold(true);
  const sent = Array.from({ length: 3000 }, (_, i) => `[${i},"${'x'.repeat(1000)}"]`);
  for (const message of sent) sender.send(message);
  await until('a blank line', () => sender.duplex.bytesIn > 0);
  expect([reader.messages, reader.closes, sender.messages]).toEqual([[], [], []]);
  reader.hold(false);
  await until('all messages', () => reader.messages.length === sent.length);
  expect(reader.messages).toEqual(sent);
  sender.close();
  await until('both closes', () => sender.isClosed && reader.isClosed);
  expect([sender.messages, sender.closes]).toEqual([[], [{ error: undefined }]]);
  await close();
});

test.concurrent.for([0, 20_000])('over TLS as well, with %i lines unread', async (count) => {
  const { listener, address, accepted } = await listening({ tls: testTls });
  const raw = connectTls({ ...address, ca: testTls.ca, servername: 'localhost' }).on('error', () => {});
  const server = new Probe((await accepted()).duplex).start();
  server.hold(true);
  raw.write(line.repeat(count));
  await new Promise((resolve) => setTimeout(resolve, 100));
  raw.destroy();
  await until('the close', () => server.isClosed, 10_000);
  await listener.close();
});

test.concurrent('what came before a reset is not worked off behind it', async () => {
  const { raw, server, close } = await openRaw();
  server.hold(true);
  raw.socket.write(line.repeat(10));
  await until('all', () => server.duplex.bytesIn === 10 * line.length);
  raw.socket.resetAndDestroy();
  await until('the close', () => server.isClosed, 10_000);
  expect(server.messages).toEqual([]);
  await close();
});
