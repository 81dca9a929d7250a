import { createServer } from 'node:http';
import { type WsOptions, ws } from '@bjsonrpc/transport-ws';
import { expect, test } from 'vitest';

test('an option that there is not, or of the wrong kind, is an error that names it', () => {
  expect(() => ws({ allowedOrigin: [] } as WsOptions)).toThrow(
    /^ws\(\): there is no option 'allowedOrigin'; there are url, host, port, .*closeTimeoutMs$/,
  );
  // A string has `includes` too.
  expect(() => ws({ allowedOrigins: 'https://a.example' } as unknown as WsOptions)).toThrow(
    'ws(): allowedOrigins must be an array of strings',
  );
  expect(() => ws({ authenticate: true } as unknown as WsOptions)).toThrow('authenticate must be a function');
  expect(() => ws({ use: 'both' } as unknown as WsOptions)).toThrow("use must be 'platform' or 'ws'");
  expect(() => ws({ path: 'rpc' })).toThrow('path must be a path that begins with /');
});

test('every option there is passes', () => {
  const all: Required<WsOptions> = {
    url: new URL('ws://localhost'),
    host: '127.0.0.1',
    port: 0,
    path: '/',
    server: createServer(),
    allowedOrigins: [],
    allowedHosts: ['localhost'],
    maxConnections: 1,
    maxConnectionsPerAddress: 1,
    authenticate: () => true,
    use: 'ws',
    headers: {},
    tls: {},
    handshakeTimeoutMs: 0,
    pingIntervalMs: 0,
    perMessageDeflate: { threshold: 1024 },
    maxMessageBytes: 1,
    maxUnfinishedBytes: 1,
    messageTimeoutMs: 0,
    firstMessageMs: 0,
    maxWriteBufferBytes: 1,
    writeStallMs: 0,
    closeTimeoutMs: 0,
  };
  expect(ws(all).name).toBe('ws');
  expect(ws('ws://localhost').name).toBe('ws');
});
