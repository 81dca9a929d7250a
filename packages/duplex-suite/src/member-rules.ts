import { expect, test } from 'vitest';
import type { Rules } from './rules.js';
import { until } from './until.js';

/** What a Duplex may have beyond the rest: a limit to what it takes, and a say in how long the process lives. */
export function memberRules({ connection }: Rules): void {
  test('tells the longest message that it takes, takes that one, and breaks at a longer one', async () => {
    const { a, b } = await connection({ maxMessageBytes: 1000 });
    expect([a.duplex.maxMessageBytes, b.duplex.maxMessageBytes]).toEqual([1000, 1000]);
    a.start();
    b.start();
    const longest = `["${'x'.repeat(996)}"]`;
    a.send(longest);
    await until('the longest message', () => b.messages.length === 1);
    a.send(`["${'x'.repeat(997)}"]`);
    a.send('["after it"]');
    await until('both closes', () => a.isClosed && b.isClosed);
    expect(b.messages).toEqual([longest]);
    expect(b.closes.length).toBe(1);
    expect(b.closes[0]?.error?.message).toContain('longer than 1000 bytes');
  });

  test('has no limit of its own below the one that it is given', async () => {
    const { a, b } = await connection({ maxMessageBytes: 24 * 1024 * 1024 });
    expect(b.duplex.maxMessageBytes).toBe(24 * 1024 * 1024);
    a.start();
    b.start();
    const long = `["${'x'.repeat(20 * 1024 * 1024)}"]`;
    a.send(long);
    await until('the message', () => b.messages.length === 1);
    expect(b.messages[0] === long).toBe(true);
  });

  test('goes on as before after ref and unref, in any state', async () => {
    const { a, b } = await connection();
    const toggle = (): void => {
      for (const { duplex } of [a, b]) {
        duplex.unref?.();
        duplex.unref?.();
        duplex.ref?.();
        duplex.unref?.();
      }
    };
    toggle();
    a.start();
    b.start();
    toggle();
    a.send('[1]');
    b.send('[2]');
    await until('the messages', () => a.messages.length === 1 && b.messages.length === 1);
    a.close();
    toggle();
    await until('both closes', () => a.isClosed && b.isClosed);
    toggle();
    expect([a.closes, b.closes]).toEqual([[{ error: undefined }], [{ error: undefined }]]);
  });
}
