import { Probe, until } from '@bjsonrpc/duplex-suite';
import { afterEach, expect, test, vi } from 'vitest';
import { listening, openPlatform, openWs, wsPackage } from './open-ws.ts';
import { openRaw } from './raw-client.ts';

afterEach(() => void vi.useRealTimers());

function fakeTimers(): void {
  vi.useFakeTimers({
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'queueMicrotask',
      'Date',
      'performance',
    ],
  });
}

test.each([
  ['ws', openWs],
  ["the platform's WebSocket", openPlatform],
] as const)("%s goes on while a test fakes the application's time", async (_name, open) => {
  const before = await open();
  fakeTimers();
  const during = await open();
  for (const { a, b, close } of [before, during]) {
    const client = new Probe(a).start();
    const server = new Probe(b).start();
    server.answer = (message) => void server.send(message);
    for (let i = 0; i < 1000; i++) client.send(`[${i}]`);
    await until('the answers', () => client.messages.length === 1000);
    for (let i = 0; i < 40; i++) client.send(`["${'x'.repeat(256 * 1024)}"]`);
    await until('the long answers', () => client.messages.length === 1040);
    client.close();
    await until('both closes', () => client.isClosed && server.isClosed);
    await close();
  }
});

test('and so do its limits: of opening, of silence, of leaving', async () => {
  fakeTimers();
  const { raw, server, close } = await openRaw({ pingIntervalMs: 50 });
  await until('the close', () => server.isClosed, 5000);
  expect(raw.pings).toBe(1);
  await close();

  const mute = await openRaw({ closeTimeoutMs: 50 });
  mute.server.close();
  await until('the close', () => mute.server.isClosed, 1500);
  await mute.close();

  const { listener, url } = await listening({
    authenticate: () => new Promise(() => {}),
    handshakeTimeoutMs: 50,
  });
  await expect(wsPackage(url).dial({})).rejects.toThrow(
    '503 Service Unavailable: authentication took too long',
  );
  await expect(wsPackage(url).dial({ timeoutMs: 20 })).rejects.toThrow(
    "timed out after 20 ms, waiting for the server's answer",
  );
  await listener.close();
});
