import { describe, expect, test } from 'vitest';
import type { OpenedPair } from './duplex-suite.js';
import { Probe } from './probe.js';
import { until } from './until.js';

const MIB = 1024 * 1024;
const LARGE = `["${'x'.repeat(MIB)}"]`;
const SMALL = `["${'x'.repeat(200)}"]`;
/** What most limits of a transport are, by default. */
const MAX_WRITE_BUFFER_BYTES = 64 * MIB;

/**
 * Registers, as vitest tests, what a burst of more than `maxWriteBufferBytes` (by default 64 MiB) comes to over a network
 * transport: it arrives at a side that reads, and who does not read is cut off. End `a` sends.
 */
export function burstSuite(name: string, open: () => Promise<OpenedPair>): void {
  /** Send so often in one turn; all of it arrives. */
  const sendAll = async (message: string, count: number): Promise<void> => {
    const { a, b, close } = await open();
    const sender = new Probe(a).start();
    let bytes = 0;
    b.start({
      onMessage: ({ length }) => {
        bytes += length;
      },
      onClose: () => {},
    });
    for (let i = 0; i < count; i++) sender.send(message);
    expect(sender.duplex.buffered).toBeGreaterThan(MAX_WRITE_BUFFER_BYTES);
    await until('all of it', () => bytes === count * message.length, 18_000);
    expect(sender.closes).toEqual([]);
    await until('an empty buffer', () => sender.duplex.buffered === 0);
    for (const end of [a, b]) end.close(new Error('done'));
    await close();
  };

  describe(`a burst over ${name}`, () => {
    test('200 MiB sent in one turn arrive at a side that reads, which is not cut off', () =>
      sendAll(LARGE, 200));

    test('the same in many small messages', () => sendAll(SMALL, 400_000));

    test('a side that does not read is cut off soon, with the reason', async () => {
      const { a, b, close } = await open();
      const sender = new Probe(a).start();
      // The other is never started, and so does not read.
      for (let i = 0; i < 100; i++) sender.send(LARGE);
      await until('the close', () => sender.isClosed);
      expect(sender.closes[0]?.error?.message).toBe(
        'The other side does not read: it took nothing for 1000 ms, and more than 67108864 bytes wait for it',
      );
      expect(sender.duplex.buffered).toBe(0);
      b.close(new Error('done'));
      await close();
    });
  });
}
