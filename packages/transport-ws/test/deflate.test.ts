import { until } from '@bjsonrpc/duplex-suite';
import { ws } from '@bjsonrpc/transport-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { listening, openWs } from './open-ws.ts';

test('between two of ours all arrives as it was, in order, with the bytes beside it', async () => {
  const options = { perMessageDeflate: { threshold: 50 } };
  const { a, b, close } = await openWs(options, options);
  onTestFinished(close);
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const received: [string, number[] | undefined][] = [];
    to.start({
      onMessage: (text, attachments) => received.push([text, attachments?.map(({ length }) => length)]),
      onClose: () => {},
    });
    const sent: typeof received = [];
    for (let i = 0; i < 300; i++) {
      const text = `${i} ${sample.slice(0, (i * i * 7) % 600_000)}`.slice(
        0,
        i % 9 ? (i * 37) % 4000 : undefined,
      );
      const attachments = i % 5 === 0 ? [new Uint8Array(i * 300), new Uint8Array(7)] : undefined;
      sent.push([text, attachments?.map(({ length }) => length)]);
      await from.send(text, attachments);
    }
    await until('all have come', () => received.length === sent.length, 10_000);
    expect(received).toEqual(sent);
  }
});

/** Compresses well; not all of it is ASCII. */
const sample = JSON.stringify(
  Array.from({ length: 20_000 }, (_, i) => ({ id: i, name: `Ünïcode ${i % 7} €` })),
);

/** A client of the `ws` package as it is, at a server of ours. */
async function stranger(perMessageDeflate: boolean | { threshold?: number }, client: ClientOptions) {
  const { listener, url, accepted } = await listening({ perMessageDeflate });
  const socket = new WebSocket(url, client);
  const received: string[] = [];
  socket.on('message', (data) => received.push(String(data)));
  const { duplex } = await accepted();
  const texts: string[] = [];
  let closed: Error | undefined;
  duplex.start({ onMessage: (text) => texts.push(text), onClose: (error) => (closed = error) });
  await until('it is open', () => socket.readyState === WebSocket.OPEN);
  onTestFinished(async () => {
    socket.terminate();
    await listener.close();
  });
  return { socket, duplex, received, texts, error: () => closed };
}

describe('a client of the ws package', () => {
  test('reads what was compressed, in pieces and whole, and is read', async () => {
    const { socket, duplex, received, texts } = await stranger(true, { perMessageDeflate: true });
    expect(socket.extensions).toContain('permessage-deflate');
    expect(sample.length).toBeGreaterThan(2 * 256 * 1024);
    for (const each of [sample, 'short', sample.slice(0, 5000), '']) duplex.send(each);
    await until('all have come', () => received.length === 4);
    expect(received).toEqual([sample, 'short', sample.slice(0, 5000), '']);
    expect(duplex.bytesOut).toBeLessThan(sample.length / 5);
    for (const each of [sample, 'short']) socket.send(each);
    await until('both have come', () => texts.length === 2);
    expect(texts).toEqual([sample, 'short']);
    expect(duplex.bytesIn).toBeLessThan(sample.length / 5);
  });

  test.each([
    ['is not asked to by default', false, { perMessageDeflate: true }],
    ['does not want to', true, { perMessageDeflate: false }],
    ['has the narrowest window', true, { perMessageDeflate: { serverMaxWindowBits: 8 } }],
  ])('that %s gets it as it is', async (_, ours, client) => {
    const { duplex, received } = await stranger(ours, client);
    duplex.send(sample);
    await until('it has come', () => received.length === 1);
    expect(received).toEqual([sample]);
    expect(duplex.bytesOut).toBeGreaterThan(sample.length);
  });

  test('that has a narrow window can read it all the same', async () => {
    const { duplex, received } = await stranger(true, { perMessageDeflate: { serverMaxWindowBits: 9 } });
    duplex.send(sample);
    await until('it has come', () => received.length === 1);
    expect(received).toEqual([sample]);
    expect(duplex.bytesOut).toBeLessThan(sample.length / 2);
  });

  test('that sends little which becomes much is cut off', async () => {
    const { socket, duplex, texts, error } = await stranger(true, { perMessageDeflate: true });
    socket.send(' '.repeat(17 * 1024 * 1024));
    await until('it is cut off', () => error() !== undefined, 10_000);
    expect(error()?.message).toContain('a message is longer than 16777216 bytes');
    expect(texts).toEqual([]);
    expect(duplex.bytesIn).toBeLessThan(100_000);
  });
});

test('texts below the threshold are not compressed, nor is any without one', async () => {
  const { duplex, received } = await stranger({ threshold: 3000 }, { perMessageDeflate: true });
  duplex.send('x'.repeat(2999));
  await until('it has come', () => received.length === 1);
  const plain = duplex.bytesOut;
  expect(plain).toBeGreaterThan(2999);
  duplex.send('x'.repeat(3000));
  await until('it has come', () => received.length === 2);
  expect(duplex.bytesOut - plain).toBeLessThan(100);
});

test.each([[1], ['yes'], [{ treshold: 5 }], [{ threshold: -1 }]])('%j is no way to ask for it', (given) => {
  expect(() => ws({ perMessageDeflate: given as never })).toThrow('perMessageDeflate');
});
