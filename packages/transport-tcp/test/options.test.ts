import { type TcpOptions, tcp } from '@bjsonrpc/transport-tcp';
import { expect, test } from 'vitest';

test('an option that there is not, or of the wrong kind, is an error that names it', () => {
  expect(() => tcp({ hots: 'x' } as TcpOptions)).toThrow(
    /^tcp\(\): there is no option 'hots'; there are host, port, path, .*closeTimeoutMs$/,
  );
  expect(() => tcp({ port: '10123' } as unknown as TcpOptions)).toThrow('tcp(): port must be a port');
  expect(() => tcp({ writeStallMs: Number.NaN })).toThrow('tcp(): writeStallMs must be a number');
});

test('every option there is passes', () => {
  const all: Required<TcpOptions> = {
    host: '127.0.0.1',
    port: 0,
    path: '/tmp/x',
    tls: {},
    framing: 'lines',
    keepAliveMs: 0,
    handshakeTimeoutMs: 0,
    maxConnections: 1,
    maxConnectionsPerAddress: 1,
    maxMessageBytes: 1,
    maxUnfinishedBytes: 1,
    messageTimeoutMs: 0,
    firstMessageMs: 0,
    maxWriteBufferBytes: 1,
    writeStallMs: 0,
    closeTimeoutMs: 0,
  };
  expect(tcp(all).name).toBe('tcp');
});
