import { Codec, InvalidParamsError } from '@bjsonrpc/protocol';
import { describe, expect, test } from 'vitest';
import { hashOfNumber } from '../src/hash-of-number.ts';
import { elapsedMs } from './elapsed-ms.ts';

// A hostile value may cost as much as a good one of the same length, and some times more: never its square.

const codec = new Codec();
const decoding = (name: string, ...args: unknown[]) => elapsedMs(() => codec.decode(name, args));

/** Keys of one bucket in a table of so many. */
function colliding(count: number, keyAt: (i: number) => number): number[] {
  const keys: number[] = [];
  for (let i = 0; keys.length < count; i++) {
    const key = keyAt(i);
    if ((hashOfNumber(key) & (count - 1)) === 0) keys.push(key);
  }
  return keys;
}

const COUNT = 4096;
const integers = colliding(COUNT, (i) => i - 2 ** 31);
const wide = colliding(COUNT, (i) => i + 1.7e12);
const bigints = integers.map((_, i) => BigInt(i) << 64n);

describe('keys that collide', () => {
  const cases: [string, readonly unknown[], readonly unknown[]][] = [
    ['integers', integers, integers.map((_, i) => i * 1000)],
    ['wide numbers', wide, wide.map((_, i) => i + 1.7e12)],
    ['bigints', bigints, bigints.map((_, i) => BigInt(i) << 40n)],
  ];
  test.each(cases)('%s: refused in a Set and a Map', (_, bad, good) => {
    const entries = (keys: readonly unknown[]) => keys.map((key) => [key, 0]);
    expect(() => codec.decode('Set', [bad])).toThrow(InvalidParamsError);
    expect(() => codec.decode('Map', [entries(bad)])).toThrow('Not a Map: keys that collide');
    expect((codec.decode('Set', [good]) as Set<unknown>).size).toBe(COUNT);
    expect((codec.decode('Map', [entries(good)]) as Map<unknown, unknown>).size).toBe(COUNT);
    expect(decoding('Set', bad)).toBeLessThan(10 * decoding('Set', good));
  });

  test('hidden among keys that do not', () => {
    const half = [...integers, ...integers.map((key) => `${key}`)];
    expect(() => codec.decode('Set', [half])).toThrow('collide');
  });

  test('what programs use as keys spreads', () => {
    const makers: ((i: number) => unknown)[] = [
      (i) => i,
      (i) => -i,
      (i) => i * 4096,
      (i) => i * 2 ** 20,
      (i) => i / 10,
      (i) => 1.7e12 + i * 60_000,
      (i) => BigInt(i) * 10n ** 9n,
      (i) => ({ i }),
      (i) => `${i}`,
    ];
    for (const make of makers) {
      const keys = Array.from({ length: 20_000 }, (_, i) => make(i));
      expect(codec.decode('Set', [keys])).toEqual(new Set(keys));
    }
    expect(codec.decode('Set', [Array(64).fill(1)])).toEqual(new Set([1]));
  });
});

test('a pattern is not compiled', () => {
  let count = 0;
  const emoji = () => `${'\\p{RGI_Emoji}'.repeat(20)}${count++}`; // another one each time: engines remember
  const compiling = elapsedMs(() => new RegExp(emoji(), 'iv'));
  expect(10 * elapsedMs(() => codec.decode('RegExp', [emoji(), 'iv']))).toBeLessThan(compiling);
});

test.each([
  ['combining marks', 'http://a', '\u0301\u0316', 10_000],
  ['escaped combining marks', 'http://a', '%CC%81%CC%96', 10_000],
  [
    'a thousand letters',
    'http://',
    Array.from({ length: 1000 }, (_, i) => String.fromCharCode(0x4e00 + 3 * i)).join(''),
    5,
  ],
])('a host of %s costs no more than a path of the same', (_, scheme, part, times) => {
  const host = `${scheme}${part.repeat(times)}/`;
  const path = `http://a/${encodeURI(decodeURI(part)).repeat(times)}`;
  expect(() => codec.decode('URL', [host])).toThrow(InvalidParamsError);
  expect(decoding('URL', host)).toBeLessThan(2 * decoding('URL', path) + 0.5);
});

test('errors remember no stack, which would cost more than they do', () => {
  const many = (make: () => unknown) => () => Array.from({ length: 2000 }, make);
  const own = elapsedMs(many(() => new Error('x')));
  expect(elapsedMs(many(() => codec.decode('Error', ['E', 'x'])))).toBeLessThan(own);
  expect((codec.decode('Error', ['E', 'x']) as Error).stack).not.toContain('\n');
  expect(new Error('x').stack).toContain('\n');
});

test('what an unknown class is called comes back in short', () => {
  for (const name of ['x'.repeat(1e6), [['x'.repeat(1e6)]]]) {
    const told = () => codec.decode(name, []);
    expect(told).toThrow(InvalidParamsError);
    try {
      told();
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(200);
    }
  }
});
