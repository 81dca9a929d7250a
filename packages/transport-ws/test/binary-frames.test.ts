import { Probe, until } from '@bjsonrpc/duplex-suite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { listening } from './open-ws.ts';

/** A client of the `ws` package, which says what it likes, and the server's end. */
async function open(options: Parameters<typeof listening>[0] = {}) {
  const { listener, url, accepted } = await listening({ maxMessageBytes: 100_000, ...options });
  const socket = new WebSocket(url);
  socket.on('error', () => {});
  const closed = new Promise<readonly [code: number, reason: string]>((resolve) =>
    socket.on('close', (code, reason) => resolve([code, String(reason)])),
  );
  const server = new Probe((await accepted()).duplex).start();
  await until('it is open', () => socket.readyState === WebSocket.OPEN);
  onTestFinished(async () => {
    socket.terminate();
    await listener.close();
  });
  return { socket, server, closed };
}

const bytes = (length: number): Uint8Array => new Uint8Array(length);

describe('closes on', () => {
  test.each<[string, readonly (string | Uint8Array)[], string]>([
    ['fewer bytes than announced', ['*4', bytes(3)], 'a binary frame of 3 bytes, where 4 were announced'],
    ['more bytes than announced', ['*4', bytes(5)], 'a binary frame of 5 bytes, where 4 were announced'],
    ['a message before its bytes', ['*4', '[1]'], 'a message before the bytes that were announced for it'],
    ['a message before all of them', ['*4,4', bytes(4), '[1]'], 'a message before the bytes'],
    ['a second header', ['*4', bytes(4), '*4'], 'bytes stand before a message that has some already'],
    ['a header without lengths', ['*'], 'a text that begins with a star has no lengths'],
    ['negative lengths', ['*-4'], 'a text that begins with a star has no lengths'],
    ['lengths in other forms', ['*1e3'], 'a text that begins with a star has no lengths'],
    ['lengths of many digits', [`*${'9'.repeat(11)}`], 'a text that begins with a star has no lengths'],
    ['more lengths than may be', [`*1${',1'.repeat(1024)}`], 'a text that begins with a star has no lengths'],
    ['more than a message may have', ['*60000,60000'], 'a message is longer than 100000 bytes'],
    [
      'as much, together with the message',
      ['*60000', bytes(60_000), 'x'.repeat(50_000)],
      'longer than 100000 bytes',
    ],
  ])('%s', async (_, frames, why) => {
    const { socket, server, closed } = await open();
    for (const frame of ['[0]', ...frames, '[2]']) socket.send(frame);
    await until('it is closed', () => server.isClosed, 1000);
    expect(server.closes[0]?.error?.message).toContain(why);
    expect(server.messages).toEqual(['[0]']);
    expect((await closed)[0]).toBeGreaterThanOrEqual(1002);
  });
});

test('what fits is delivered, message by message', async () => {
  const { socket, server } = await open();
  for (const frame of ['*3,0', bytes(3), bytes(0), '[1]', '[2]', '*5', bytes(5), '[3]']) socket.send(frame);
  await until('all have come', () => server.messages.length === 3);
  expect(server.messages).toEqual(['[1]', '[2]', '[3]']);
  expect(server.attachments.map((beside) => beside?.map(({ length }) => length))).toEqual([
    [3, 0],
    undefined,
    [5],
  ]);
});

test('from the first announced to the message there is the time of one message', async () => {
  const { socket, server } = await open({ messageTimeoutMs: 400 });
  socket.send('*1000,1000');
  socket.send(bytes(1000));
  const began = performance.now();
  await until('it is cut off', () => server.isClosed, 5000);
  expect(server.closes[0]?.error?.message).toMatch(/did not end a message in .* s; 1000 bytes of it came/);
  expect(performance.now() - began).toBeGreaterThan(300);
});

test('bytes that are sent on and on, each in time, are no slow message', async () => {
  const { socket, server } = await open({ messageTimeoutMs: 400 });
  for (let i = 0; i < 16; i++) {
    for (const frame of ['*10', bytes(10), `[${i}]`]) socket.send(frame);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect([server.isClosed, server.messages.length]).toEqual([false, 16]);
});
