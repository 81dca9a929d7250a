import { Probe, until } from '@bjsonrpc/duplex-suite';
import { describe, expect, test } from 'vitest';
import { openTcp, socketPath, testTls } from './open-tcp.ts';

const MIB = 1024 * 1024;
const large = `["${'x'.repeat(MIB)}"]`;

describe.each([
  ['tcp', {}],
  ['tcp over TLS', { tls: testTls }],
  ['tcp over a unix socket', { path: socketPath() }],
] as const)('%s', (_name, options) => {
  test('200 MiB sent in one turn arrive at a side that reads, which is not cut off', async () => {
    const { a, b, close } = await openTcp(options);
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
    expect([sender.closes, sender.duplex.buffered]).toEqual([[], 0]);
    for (const end of [a, b]) end.close(new Error('done'));
    await close();
  });

  test('the same in many small messages', async () => {
    const { a, b, close } = await openTcp(options);
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
    const { a, b, close } = await openTcp(options);
    const sender = new Probe(a).start();
    const reader = new Probe(b).start();
    reader.hold(true);
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

test('time in which this process does nothing is not held against the other side', async () => {
  const { a, b, close } = await openTcp({ writeStallMs: 400, maxWriteBufferBytes: 4 * MIB });
  const sender = new Probe(a).start();
  const reader = new Probe(b).start();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 32; i++) sender.send(large);
    await new Promise((resolve) => setImmediate(resolve));
    const endMs = performance.now() + 1500;
    while (performance.now() < endMs);
  }
  await until('all of it', () => reader.messages.length === 96, 18_000);
  expect(sender.closes).toEqual([]);
  for (const end of [a, b]) end.close(new Error('done'));
  await close();
});

test('more than a string can hold is sent in one turn', async () => {
  const { a, b, close } = await openTcp();
  const sender = new Probe(a).start();
  let count = 0;
  b.start({ onMessage: () => count++, onClose: () => {} });
  const text = `["${'x'.repeat(8 * MIB)}"]`;
  for (let i = 0; i < 80; i++) sender.send(text);
  await until('all of it', () => count === 80, 18_000);
  expect(sender.closes).toEqual([]);
  for (const end of [a, b]) end.close(new Error('done'));
  await close();
});
