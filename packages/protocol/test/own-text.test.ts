import { ownText, readMessage, spelledIds } from '@bjsonrpc/protocol';
import { expect, test } from 'vitest';

/** Bytes that a hundred texts keep alive which were made from as many large ones. */
function keptBytes(make: (large: string) => string): number {
  const kept: string[] = [];
  const live = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = live();
  for (let i = 0; i < 100; i++) {
    const large = Array.from({ length: 20_000 }, () => `${i}`.padEnd(5)).join(''); // one piece of 100 KB
    kept.push(make(large));
  }
  const after = live();
  expect(kept.length).toBe(100);
  return after - before;
}

const MB = 1e6;

test('a text that is cut out keeps the whole, one of its own does not', () => {
  expect(keptBytes((large) => large.slice(5, 50))).toBeGreaterThan(5 * MB);
  expect(keptBytes((large) => ownText(large.slice(5, 50)))).toBeLessThan(MB);
  expect(['', 'short', 'twelve chars', 'thirteen char', 'ü'.repeat(300)].map(ownText)).toEqual([
    '',
    'short',
    'twelve chars',
    'thirteen char',
    'ü'.repeat(300),
  ]);
});

test('the spelling of an id keeps no message', () => {
  const id = `1.${'0'.repeat(40)}`;
  const spelled = (large: string) => spelledIds(`{"id":${id},"params":["${large}"]}`, false).get(0) ?? '';
  expect(keptBytes((large) => spelled(large.toUpperCase()))).toBeLessThan(MB);
});

test('nor do the texts of a short message keep the chunk that it came in', () => {
  const line = '{"params":["an argument of some length"],"method":"with.a.long.name","id":123456789012345}';
  const read = (large: string) => {
    const chunk = `${large}${line}\n`.toUpperCase().toLowerCase(); // in one piece
    return readMessage(chunk.slice(large.length, -1)) as {
      readonly method?: string;
      readonly idText?: string;
      readonly params?: readonly unknown[];
    };
  };
  expect(keptBytes((large) => read(large).method ?? '')).toBeLessThan(MB);
  expect(keptBytes((large) => read(large).idText ?? '')).toBeLessThan(MB);
  expect(keptBytes((large) => `${read(large).params?.[0]}`)).toBeLessThan(MB);
});
