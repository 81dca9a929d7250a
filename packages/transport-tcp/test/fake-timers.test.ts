import { Probe, until } from '@bjsonrpc/duplex-suite';
import { afterEach, expect, test, vi } from 'vitest';
import { openTcp, testTls } from './open-tcp.ts';
import { openRaw } from './raw-client.ts';

afterEach(() => void vi.useRealTimers());

test.each([
  ['tcp', {}],
  ['tcp over TLS', { tls: testTls }],
] as const)("%s goes on while a test fakes the application's time", async (_name, options) => {
  const before = await openTcp(options);
  vi.useFakeTimers({
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'Date',
      'performance',
    ],
  });
  const { a, b, close } = await openTcp(options);
  for (const pair of [before, { a, b }]) {
    const client = new Probe(pair.a).start();
    const server = new Probe(pair.b).start();
    server.answer = (message) => void server.send(message);
    for (let i = 0; i < 1000; i++) client.send(`[${i}]`);
    await until('the answers', () => client.messages.length === 1000);
    server.hold(true);
    client.send('["held"]');
    server.hold(false);
    await until('the last answer', () => client.messages.length === 1001);
    client.close();
    await until('both closes', () => client.isClosed && server.isClosed);
    expect([client.closes, server.closes]).toEqual([[{ error: undefined }], [{ error: undefined }]]);
  }
  await close();
  await before.close();
});

test('and so do its limits: of reading, of leaving', async () => {
  vi.useFakeTimers();
  const { raw, server, close } = await openRaw({ closeTimeoutMs: 50 });
  server.close();
  await until('the close', () => server.isClosed, 1500);
  raw.socket.destroy();
  await close();

  const { a, b, close: closeListener } = await openTcp({ writeStallMs: 200 });
  const sender = new Probe(a).start();
  new Probe(b).start().hold(true);
  for (let i = 0; i < 32; i++) sender.send(`["${'x'.repeat(1024 * 1024)}"]`);
  await until('the cut', () => sender.isClosed, 5000);
  expect(sender.closes[0]?.error?.message).toBe('The other side does not read: it took nothing for 200 ms');
  b.close(new Error('done'));
  await closeListener();
});
