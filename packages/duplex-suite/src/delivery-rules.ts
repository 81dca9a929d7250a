import { expect, test } from 'vitest';
import type { Rules } from './rules.js';
import { quiet, until } from './until.js';

/** What is sent arrives: whole, in order, once, and never while a method of the Duplex runs. */
export function deliveryRules({ connection }: Rules): void {
  test('keeps what arrives before start', async () => {
    const { a, b } = await connection();
    a.start();
    for (let i = 0; i < 10; i++) a.send(`[${i}]`);
    await quiet();
    expect(b.messages).toEqual([]);
    b.start();
    expect(b.messages).toEqual([]);
    await until('all messages', () => b.messages.length === 10);
    expect(b.messages).toEqual(Array.from({ length: 10 }, (_, i) => `[${i}]`));
  });

  test('is started once', async () => {
    const { a } = await connection();
    a.start();
    expect(() => a.start()).toThrow('once');
  });

  test('sends before its own start', async () => {
    const { a, b } = await connection();
    b.start();
    a.send('["early"]');
    await until('the message', () => b.messages.length === 1);
    expect(b.messages).toEqual(['["early"]']);
  });

  test('keeps the order, both ways at once', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    for (let i = 0; i < 500; i++) {
      a.send(`["a",${i}]`);
      b.send(`["b",${i}]`);
      if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await until('all messages', () => a.messages.length === 500 && b.messages.length === 500);
    expect(b.messages).toEqual(Array.from({ length: 500 }, (_, i) => `["a",${i}]`));
    expect(a.messages).toEqual(Array.from({ length: 500 }, (_, i) => `["b",${i}]`));
  });

  test('carries a burst of 10,000 messages, and as many answers', async () => {
    const { a, b } = await connection();
    b.answer = (message) => void b.send(message);
    a.start();
    b.start();
    const sent = Array.from({ length: 10_000 }, (_, i) => `{"id":${i},"text":"${'x'.repeat(i % 100)}"}`);
    for (const message of sent) a.send(message);
    await until('all answers', () => a.messages.length === sent.length);
    expect(b.messages).toEqual(sent);
    expect(a.messages).toEqual(sent);
    await until('all sent', () => a.duplex.buffered === 0 && b.duplex.buffered === 0);
  });

  test('carries a message of 1 MiB among small ones', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    const large = JSON.stringify(['é'.repeat(1000), 'x'.repeat(1024 * 1024)]);
    const sent = ['[1]', large, '[2]', large, '[3]'];
    for (const message of sent) {
      a.send(message);
      b.send(message);
    }
    await until('all messages', () => a.messages.length === 5 && b.messages.length === 5);
    expect(a.messages.every((message, i) => message === sent[i])).toBe(true);
    expect(b.messages.every((message, i) => message === sent[i])).toBe(true);
  });

  test('carries long messages of any characters, wherever they are cut on the way', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    const sent = ['x', 'xx', 'é', '€€€'].map((before) =>
      JSON.stringify([before, '😀'.repeat(150_000), 'x'.repeat(300_000), '€'.repeat(100_000)]),
    );
    for (const message of sent) {
      a.send(message);
      a.send('[1]');
    }
    await until('all messages', () => b.messages.length === 2 * sent.length);
    expect(b.messages.every((message, i) => message === (i % 2 === 0 ? sent[i / 2] : '[1]'))).toBe(true);
  });

  test('carries code points of every width', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    const texts = [
      '\u0000\u007f',
      '\u0080é\u07ff',
      '\u0800€\uffff\u2028\ufeff',
      '\u{10000}😀\u{10ffff}',
      '\ud800',
    ];
    // A lone surrogate is not UTF-8; JSON.stringify writes it as an escape.
    const sent = [...texts, texts.join('')].map((text) => JSON.stringify([text, { [text]: text }]));
    for (const message of sent) a.send(message);
    await until('all messages', () => b.messages.length === sent.length);
    expect(b.messages).toEqual(sent);
  });

  test('lets a receiver send, and does not call it from inside that', async () => {
    const { a, b } = await connection();
    const count = (probe: typeof a) => (message: string) => {
      const n = Number(message.slice(1, -1));
      if (n < 200) for (let i = 0; i < (n % 3 === 0 ? 2 : 1); i++) probe.send(`[${n + 1 + 1000 * i}]`);
    };
    a.answer = count(a);
    b.answer = count(b);
    a.start();
    b.start();
    a.send('[0]');
    await until('the last message', () => b.messages.includes('[200]'));
  });

  test('counts bytes', async () => {
    const { a, b } = await connection();
    a.start();
    b.start();
    for (let i = 0; i < 100; i++) a.send(`["${'x'.repeat(96)}"]`);
    await until('all messages', () => b.messages.length === 100);
    await until('all sent', () => a.duplex.buffered === 0);
    expect(a.duplex.bytesOut).toBeGreaterThanOrEqual(10_000);
    expect(b.duplex.bytesIn).toBeGreaterThanOrEqual(10_000);
  });
}
