import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64, decodeByHand, encodeBase64, encodeByHand } from '../src/base64.ts';

const bytes = fc.uint8Array({ maxLength: 5000 });

describe.each([
  ['as the platform has it', encodeBase64, decodeBase64],
  ['by hand', encodeByHand, decodeByHand],
])('base64 %s', (_, encode, decode) => {
  test('is that of RFC 4648, and comes back', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const text = encode(given);
        expect(text).toBe(Buffer.from(given).toString('base64'));
        expect([...decode(text)]).toEqual([...given]);
      }),
    );
  });

  test('of a part of a buffer is that part', () => {
    const whole = Uint8Array.from({ length: 20 }, (_, i) => i);
    expect(encode(whole.subarray(3, 8))).toBe('AwQFBgc=');
  });

  test('comes back in a buffer of its own, however short', () => {
    for (const length of [0, 1, 3, 100, 10_000]) {
      const decoded = decode(encode(new Uint8Array(length)));
      expect(decoded.constructor).toBe(Uint8Array);
      expect(decoded.byteOffset).toBe(0);
      expect(decoded.buffer.byteLength).toBe(length);
    }
  });

  test.each(['QQ', 'QQ = =', ' QUJD\n', 'QR=='])('reads %j', (text) => {
    expect(decode(text)[0]).toBe(65);
  });

  test.each([
    'Q',
    'Q===',
    'QQ=',
    'QQ==QQ==',
    '-_-_',
    'QU-D',
    'QU_D',
    'é',
    'QUJ\u{100}',
    'a,b=',
    '====',
    'QQ=a',
  ])('refuses %j', (text) => {
    expect(() => decode(text)).toThrow();
  });
});

test('a mebibyte costs a small part of what an element-wise copy into a text does', () => {
  const given = new Uint8Array(1 << 20).fill(7);
  const quickest = (run: () => unknown): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const began = performance.now();
      run();
      best = Math.min(best, performance.now() - began);
    }
    return best;
  };
  const elementWise = quickest(() => {
    let text = '';
    for (const byte of given) text += String.fromCharCode(byte);
    return btoa(text);
  });
  expect(quickest(() => encodeBase64(given))).toBeLessThan(elementWise / 3);
  expect(quickest(() => encodeByHand(given))).toBeLessThan(elementWise);
});
