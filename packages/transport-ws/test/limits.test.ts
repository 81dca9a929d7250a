import { byteLimits } from '@bjsonrpc/byte-stream';
import { expect, test } from 'vitest';
import { limitsOf } from '../src/ws-options.ts';

test('the limits that every transport has are the same here, and so are their defaults', () => {
  expect(limitsOf({})).toMatchObject(byteLimits({}));
  const given = { maxMessageBytes: 1, maxWriteBufferBytes: 2, writeStallMs: 3, closeTimeoutMs: 4 };
  expect(limitsOf(given)).toMatchObject(byteLimits(given));
});
