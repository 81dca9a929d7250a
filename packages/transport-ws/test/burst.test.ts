import { type OpenedPair, Probe, until } from '@bjsonrpc/duplex-suite';
import { describe, expect, test } from 'vitest';
import { openPlatform, openWs } from './open-ws.ts';

const MIB = 1024 * 1024;
const large = `["${'x'.repeat(MIB)}"]`;

describe.each([
  ['ws', () => openWs()],
  ['ws, from the accepted end', async () => swapped(await openWs())],
  ["the platform's WebSocket", () => openPlatform()],
] as const)('%s', (_name, open) => {
  test('200 MiB sent in one turn arrive at a side that reads, which is not cut off', async () => {
    const { a, b, close } = await open();
    const sender = new Probe(a).start();
    let bytes = 0;
    b.start({
      onMessage: (message) => {
        bytes += message.length;
      },
      onClose: () => {},
    });
    for (let i = 0; i < 200; i++) sender.send(large);
    expect(sender.duplex.buffered).toBeGreaterThan(64 * MIB);
    await until('all of it', () => bytes === 200 * large.length, 18_000);
    expect(sender.closes).toEqual([]);
    await until('an empty buffer', () => sender.duplex.buffered === 0);
    for (const end of [a, b]) end.close(new Error('done'));
    await close();
  });

  test('the same in many small messages', async () => {
    const { a, b, close } = await open();
    const sender = new Probe(a).start();
    let count = 0;
    b.start({ onMessage: () => count++, onClose: () => {} });
    const small = `["${'x'.repeat(200)}"]`;
    for (let i = 0; i < 400_000; i++) sender.send(small);
    expect(sender.duplex.buffered).toBeGreaterThan(64 * MIB);
    await until('all of it', () => count === 400_000, 18_000);
    expect(sender.closes).toEqual([]);
    for (const end of [a, b]) end.close(new Error('done'));
    await close();
  });

  test('a side that does not read is cut off soon, with the reason', async () => {
    const { a, b, close } = await open();
    const sender = new Probe(a).start();
    // It is never started, and so does not read.
    for (let i = 0; i < 100; i++) sender.send(large);
    await until('the close', () => sender.isClosed);
    expect(sender.closes[0]?.error?.message).toBe(
      'The other side does not read: it took nothing for 1000 ms, and more than 67108864 bytes wait for it',
    );
    expect(sender.duplex.buffered).toBe(0);
    b.close(new Error('done'));
    await close();
  });
});

function swapped({ a, b, close }: OpenedPair): OpenedPair {
  return { a: b, b: a, close };
}
