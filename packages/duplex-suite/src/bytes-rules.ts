import { expect, test } from 'vitest';
import type { Rules } from './rules.js';
import { quiet, until } from './until.js';

/** Bytes of that length, in which no two neighbours are the same. Line feeds, stars and braces are among them. */
function bytes(length: number, seed = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + seed) & 255);
}

/** Equal, without telling a million differences. */
function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one?.length === other.length && one.every((byte, i) => byte === other[i]);
}

/** Of a transport that carries bytes: they arrive beside their message, as they were, and count as part of it. */
export function bytesRules({ connection, capabilities }: Rules): void {
  test('says the same of both ends', async () => {
    const { a, b } = await connection();
    expect(a.duplex.carriesBytes ?? false).toBe(capabilities.carriesBytes ?? false);
    expect(b.duplex.carriesBytes ?? false).toBe(capabilities.carriesBytes ?? false);
  });

  if (!capabilities.carriesBytes) return;

  test('carries bytes of every length, in order, among messages without', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    const sent = [0, 1, 255, 65_535, 65_536, 1024 * 1024].map((length, i) => bytes(length, i));
    for (const from of [a, b]) {
      from.send('[0]');
      for (const [i, one] of sent.entries()) from.send(`[${i + 1}]`, [one]);
      from.send('["*"]');
      from.send('["all"]', sent);
      from.send('["none"]');
    }
    for (const to of [b, a]) {
      await until('all messages', () => to.messages.length === sent.length + 4);
      expect(to.messages).toEqual([
        '[0]',
        ...sent.map((_, i) => `[${i + 1}]`),
        '["*"]',
        '["all"]',
        '["none"]',
      ]);
      expect(to.attachments.map((beside) => beside?.length)).toEqual([
        undefined,
        ...sent.map(() => 1),
        undefined,
        sent.length,
        undefined,
      ]);
      for (const [i, one] of sent.entries()) {
        expect(isSame(to.attachments[i + 1]?.[0], one), `${one.length} bytes alone`).toBe(true);
        expect(isSame(to.attachments.at(-2)?.[i], one), `${one.length} bytes among others`).toBe(true);
      }
    }
  });

  test('gives bytes that nobody else holds: of small ones no large buffer lives on', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    a.send('[1]', [bytes(300), bytes(70_000)]);
    await until('the message', () => b.messages.length === 1);
    for (const one of b.attachments[0] ?? []) expect(one.buffer.byteLength).toBe(one.byteLength);
  });

  test('carries a burst of small ones', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    for (let i = 0; i < 2000; i++) a.send(`[${i}]`, [bytes(1 + (i % 300), i)]);
    await until('all messages', () => b.messages.length === 2000);
    const wrong = b.attachments.findIndex((beside, i) => !isSame(beside?.[0], bytes(1 + (i % 300), i)));
    expect(wrong).toBe(-1);
  });

  test('counts them as buffered, in and out, and asks to wait', async () => {
    const { a, b } = await connection();
    const one = bytes(256 * 1024);
    let full: Promise<void> | undefined;
    for (let i = 0; i < 64; i++) full = a.send(`[${i}]`, [one]) ?? full;
    expect(full).toBeInstanceOf(Promise);
    expect(a.duplex.buffered).toBeGreaterThan(one.length);
    a.start();
    b.start();
    await until('all messages', () => b.messages.length === 64);
    await until('all sent', () => a.duplex.buffered === 0);
    await full;
    expect(a.duplex.bytesOut).toBeGreaterThanOrEqual(64 * one.length);
    expect(b.duplex.bytesIn).toBeGreaterThanOrEqual(64 * one.length);
  });

  test('flushes them before a clean close', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    const one = bytes(1024 * 1024);
    a.send('[1]', [one]);
    a.send('[2]', [one]);
    a.close();
    await until('the close', () => b.isClosed);
    expect(b.messages).toEqual(['[1]', '[2]']);
    expect(b.attachments.every((beside) => isSame(beside?.[0], one))).toBe(true);
    expect(b.closes).toEqual([{ error: undefined }]);
  });

  test('delivers nothing of a message whose connection is cut in the middle of its bytes', async () => {
    const { a, b, cut } = await connection();
    a.start();
    b.start();
    b.hold(true);
    const one = bytes(1024 * 1024);
    for (let i = 0; i < 64; i++) a.send(`[${i}]`, [one]);
    await quiet();
    cut();
    await until('the closes', () => a.isClosed);
    b.hold(false);
    await until('the other close', () => b.isClosed);
    expect(b.messages).toEqual(b.messages.map((_, i) => `[${i}]`));
    expect(b.attachments.every((beside) => beside?.[0]?.length === 1024 * 1024)).toBe(true);
  });

  test('takes them for part of the message: too long a one closes', async () => {
    const { a, b } = await connection({ maxMessageBytes: 100_000 });
    a.start();
    b.start();
    a.send('[1]', [bytes(50_000), bytes(49_000)]);
    a.send('[2]', [bytes(50_000), bytes(50_001)]);
    await until('the close', () => b.isClosed);
    expect(b.messages).toEqual(['[1]']);
    expect(b.closes[0]?.error?.message).toContain('100000');
  });
}
