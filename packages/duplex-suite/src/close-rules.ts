import { expect, test } from 'vitest';
import type { Rules } from './rules.js';
import { quiet, until } from './until.js';

/** A connection ends once, on both sides, after everything else. */
export function closeRules({ connection }: Rules): void {
  test('a clean close is one event without an error on each side', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    a.close();
    expect(a.closes).toEqual([]);
    await until('both closes', () => a.isClosed && b.isClosed);
    await quiet();
    expect(a.closes).toEqual([{ error: undefined }]);
    expect(b.closes).toEqual([{ error: undefined }]);
  });

  test('a clean close flushes first', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    const sent = Array.from({ length: 2000 }, (_, i) => `[${i},"${'x'.repeat(1000)}"]`);
    sent.push(JSON.stringify('x'.repeat(2 * 1024 * 1024)).replace(/.*/s, '[$&]'));
    for (const message of sent) a.send(message);
    a.close();
    await until('both closes', () => a.isClosed && b.isClosed);
    expect(b.messages.length).toBe(sent.length);
    expect(b.messages.every((message, i) => message === sent[i])).toBe(true);
    expect([a.closes, b.closes]).toEqual([[{ error: undefined }], [{ error: undefined }]]);
  });

  test('a clean close flushes to a side that starts later, and even sends', async () => {
    const { a, b } = await connection();
    a.start();
    for (let i = 0; i < 100; i++) a.send(`[${i}]`);
    a.close();
    b.send('["nobody will read this"]');
    await quiet();
    b.answer = () => void b.send('["nor this"]');
    b.start();
    expect(b.messages).toEqual([]);
    expect(b.closes).toEqual([]);
    await until('both closes', () => a.isClosed && b.isClosed);
    expect(b.messages.length).toBe(100);
    expect(a.messages).toEqual([]);
  });

  test('a close with an error is one event on each side, and drops what is queued', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    const error = new Error('enough');
    for (let i = 0; i < 100; i++) a.send(`[${i}]`);
    a.close(error);
    expect(a.duplex.buffered).toBe(0);
    await until('both closes', () => a.isClosed && b.isClosed);
    await quiet();
    expect(a.closes).toEqual([{ error }]);
    expect(b.closes.length).toBe(1);
    expect(b.messages).toEqual([]);
  });

  test('a close with an error overtakes a clean one', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    b.hold(true);
    const text = 'x'.repeat(64 * 1024);
    while (a.send(`["${text}"]`) === undefined);
    a.close();
    const error = new Error('no more patience');
    a.close(error);
    b.hold(false);
    await until('both closes', () => a.isClosed && b.isClosed);
    expect(a.closes.length).toBe(1);
    expect(a.duplex.buffered).toBe(0);
  });

  test('a close before start is kept', async () => {
    const { a, b } = await connection();
    a.close();
    await quiet();
    expect(a.closes).toEqual([]);
    a.start();
    b.start();
    expect(a.closes).toEqual([]);
    await until('both closes', () => a.isClosed && b.isClosed);
    expect([a.closes, b.closes]).toEqual([[{ error: undefined }], [{ error: undefined }]]);
  });

  test('a close with an error before start is kept', async () => {
    const { a, b } = await connection();
    const error = new Error('enough');
    a.close(error);
    await quiet();
    a.start();
    b.start();
    expect(a.closes).toEqual([]);
    await until('both closes', () => a.isClosed && b.isClosed);
    expect(a.closes).toEqual([{ error }]);
  });

  test('is idempotent', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    for (let i = 0; i < 3; i++) a.close();
    await until('both closes', () => a.isClosed && b.isClosed);
    for (const probe of [a, b]) {
      probe.close();
      probe.close(new Error('too late'));
      probe.hold(true);
      probe.hold(false);
    }
    await quiet();
    expect([a.closes, b.closes]).toEqual([[{ error: undefined }], [{ error: undefined }]]);
  });

  test('both sides may close at once', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    a.send('[1]');
    b.send('[2]');
    a.close();
    b.close();
    await until('both closes', () => a.isClosed && b.isClosed);
    await quiet();
    expect([a.closes, b.closes]).toEqual([[{ error: undefined }], [{ error: undefined }]]);
  });

  test('send after a close does nothing, and does not say: go on', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    a.close();
    const late = a.send('["late"]');
    expect(late).toBeInstanceOf(Promise);
    await until('both closes', () => a.isClosed && b.isClosed);
    await Promise.all([late, a.send('["later"]'), b.send('["later"]')]);
    await quiet();
    expect([a.messages, b.messages]).toEqual([[], []]);
    expect([a.duplex.buffered, b.duplex.buffered]).toEqual([0, 0]);
  });

  test('a producer that goes on as long as there is room hears of the close', async () => {
    for (const closer of ['a', 'b'] as const) {
      const { a, b } = await connection();
      a.start();
      b.start();
      let sent = 0;
      const item = `["${'item'.repeat(100)}"]`; // long enough for the buffers to be full soon
      // As a whole it is bounded: one that is never told would go on for ever.
      const producing = (async () => {
        for (; sent < 500_000 && !a.isClosed; sent++) await a.send(item);
      })();
      await until('some items', () => b.messages.length > 10);
      (closer === 'a' ? a : b).close(new Error('enough'));
      await until('both closes', () => a.isClosed && b.isClosed);
      await producing;
      expect(sent).toBeLessThan(500_000);
    }
  });

  test('nothing is delivered to a side that has closed, even in the middle of a burst', async () => {
    for (const error of [undefined, new Error('enough')]) {
      const { a, b } = await connection();
      b.answer = () => {
        if (b.messages.length === 5) b.close(error);
      };
      a.start();
      b.start();
      for (let i = 0; i < 100; i++) a.send(`[${i}]`);
      await until('both closes', () => a.isClosed && b.isClosed);
      await quiet();
      expect(b.messages.length).toBe(5);
      expect(b.closes).toEqual([{ error }]);
      expect(a.closes.length).toBe(1);
    }
  });

  test('an answer given just before a clean close arrives', async () => {
    const { a, b } = await connection();
    b.answer = () => {
      b.send('["answer"]');
      b.close();
    };
    a.start();
    b.start();
    a.send('["question"]');
    await until('both closes', () => a.isClosed && b.isClosed);
    expect(a.messages).toEqual(['["answer"]']);
    expect([a.closes, b.closes]).toEqual([[{ error: undefined }], [{ error: undefined }]]);
  });

  test('the receiver may use the duplex from inside onClose', async () => {
    const { a, b } = await connection();
    for (const probe of [a, b]) {
      probe.farewell = () => {
        expect(probe.send('[1]')).toBeInstanceOf(Promise);
        probe.hold(true);
        probe.close();
        probe.close(new Error('again'));
      };
      probe.start();
    }
    a.close();
    await until('both closes', () => a.isClosed && b.isClosed);
    await quiet();
    expect([a.closes.length, b.closes.length]).toEqual([1, 1]);
  });

  test('a cut is one event on each side, and what came before it is a prefix of what was sent', async () => {
    const { a, b, cut } = await connection();
    const sent = Array.from({ length: 5000 }, (_, i) => `[${i},"${'x'.repeat(500)}"]`);
    b.answer = () => {
      if (b.messages.length === 10) setTimeout(cut, 0);
      b.send('["answer"]');
    };
    a.start();
    b.start();
    for (const message of sent) a.send(message);
    await until('both closes', () => a.isClosed && b.isClosed);
    await quiet();
    expect([a.closes.length, b.closes.length]).toEqual([1, 1]);
    expect(b.messages).toEqual(sent.slice(0, b.messages.length));
    expect([a.duplex.buffered, b.duplex.buffered]).toEqual([0, 0]);
  });
}
