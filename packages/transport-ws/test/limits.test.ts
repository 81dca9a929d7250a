import { byteLimits } from '@bjsonrpc/byte-stream';
import { expect, test } from 'vitest';
import { nodeLimitsOf } from '../src/node-limits.ts';
import { limitsOf, type WsLimits } from '../src/ws-options.ts';

test('the limits that every transport has are the same here, and so are their defaults', () => {
  expect(nodeLimitsOf({})).toMatchObject(byteLimits({}));
  expect(byteLimits({})).toMatchObject(shared(limitsOf({})));
  const given = { maxMessageBytes: 1, maxWriteBufferBytes: 2, writeStallMs: 3, closeTimeoutMs: 4 };
  expect(nodeLimitsOf(given)).toMatchObject(byteLimits(given));
  expect(byteLimits(given)).toMatchObject(shared(limitsOf(given)));
});

/** Those that are not of WebSockets alone. */
function shared({ handshakeTimeoutMs: _handshake, pingIntervalMs: _ping, ...rest }: WsLimits): object {
  return rest;
}
