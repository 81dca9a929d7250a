import { burstSuite, Probe, until } from '@bjsonrpc/duplex-suite';
import { expect, test } from 'vitest';
import { openTcp, socketPath, testTls } from './open-tcp.ts';

const MIB = 1024 * 1024;
const large = `["${'x'.repeat(MIB)}"]`;

burstSuite('tcp', () => openTcp());
burstSuite('tcp over TLS', () => openTcp({ tls: testTls }));
burstSuite('tcp over a unix socket', () => openTcp({ path: socketPath() }));

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
