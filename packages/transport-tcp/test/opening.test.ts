import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, onTestFinished, test } from 'vitest';
import { listening, testTls } from './open-tcp.ts';

/** Listens on a free port until the test ends. */
async function portOf(server: Server): Promise<number> {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

test.for([
  [{ handshakeTimeoutMs: 60 }, {}, 60],
  [{ handshakeTimeoutMs: 60 }, { timeoutMs: 60_000 }, 60],
  [{}, { timeoutMs: 60 }, 60],
  [{ handshakeTimeoutMs: 0 }, { timeoutMs: 60 }, 60],
] as const)('a TLS server that says nothing: %o, dialled with %o', async ([limit, dialOptions, ms]) => {
  const port = await portOf(createServer((socket) => socket.resume()));
  await expect(tcp({ port, tls: testTls, ...limit }).dial(dialOptions)).rejects.toThrow(
    expect.objectContaining({
      message: `Cannot connect to 127.0.0.1:${port}: timed out after ${ms} ms, waiting for the TLS handshake`,
      code: 'ETIMEDOUT',
    }),
  );
});

test('a limit beyond what a timer can wait, and none, are no limit', async () => {
  const { listener, address } = await listening();
  for (const handshakeTimeoutMs of [0, 2 ** 31, Number.POSITIVE_INFINITY]) {
    const end = new Probe(await tcp({ ...address, handshakeTimeoutMs }).dial({ timeoutMs: 0 })).start();
    end.close(new Error('done'));
    await until('the close', () => end.isClosed);
  }
  await listener.close();
});

test('a TLS client is not waited for, however little by little it speaks', async () => {
  const refused: Error[] = [];
  const { listener, address } = await listening(
    { tls: testTls, handshakeTimeoutMs: 150 },
    { onRefused: (error) => refused.push(error) },
  );
  const socket = connect(address);
  socket.on('error', () => {});
  socket.write(Buffer.from('160301020001', 'hex'));
  const drip = setInterval(() => socket.write('x'), 20);
  await until('the close', () => socket.closed, 5000);
  clearInterval(drip);
  expect(refused.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Refused 127\.0\.0\.1:\d+: the TLS handshake failed: .*timeout/),
  ]);
  await listener.close();
});

test('TLS spoken to a port without it is told apart, on both sides', async () => {
  const { listener, address, accepted } = await listening();
  const dialling = tcp({ ...address, tls: testTls }).dial({});
  const server = new Probe((await accepted()).duplex).start();
  await expect(dialling).rejects.toThrow(
    /^Cannot connect to 127.*: the connection was closed during the TLS handshake; does the other side speak TLS\?$/,
  );
  await until('the close', () => server.isClosed);
  expect(server.closes[0]?.error?.message).toBe('The other side speaks TLS, not this protocol');
  await listener.close();
});

test('a server that answers a TLS hello with something else does not speak TLS', async () => {
  const port = await portOf(createServer((socket) => socket.end('{"error":"what?"}\n')));
  await expect(tcp({ port, tls: testTls }).dial({})).rejects.toThrow(
    `Cannot connect to 127.0.0.1:${port}: the other side does not speak TLS`,
  );
});

test('this protocol spoken to a TLS port is told apart by the alert, and by the server', async () => {
  const port = await portOf(createTlsServer({ ...testTls, minVersion: 'TLSv1.2' }));
  const end = new Probe(await tcp({ port }).dial({})).start();
  end.send('{"method":"hello"}');
  await until('the close', () => end.isClosed);
  const refused: Error[] = [];
  const { listener, address } = await listening(
    { tls: testTls },
    { onRefused: (error) => refused.push(error) },
  );
  const other = new Probe(await tcp(address).dial({})).start();
  other.send('{"method":"hello"}');
  await until('the close', () => other.isClosed && refused.length === 1, 5000);
  expect(refused[0]?.message).toMatch(/the TLS handshake failed: .*(wrong version number|http request)/i);
  await listener.close();
});

test('an HTTP server, and an HTTP client, are told apart', async () => {
  const port = await portOf(createHttpServer((_request, response) => response.end()));
  const end = new Probe(await tcp({ port }).dial({})).start();
  end.send('{"method":"hello"}');
  await until('the close', () => end.isClosed);
  expect(end.closes[0]?.error?.message).toBe('The other side speaks HTTP, not this protocol');

  const { listener, address, accepted } = await listening();
  const client = connect(address).on('error', () => {});
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const server = new Probe((await accepted()).duplex).start();
  await until('the close', () => server.isClosed);
  expect(server.closes[0]?.error?.message).toBe('The other side speaks HTTP, not this protocol');
  await listener.close();
});

test('who is refused is told of: beyond the cap, hung up, without a certificate', async () => {
  const refused: [string, string | undefined][] = [];
  const { listener, address } = await listening(
    { maxConnections: 1 },
    {
      onRefused: ({ message }, { transport, remoteAddress }) => {
        refused.push([message, remoteAddress]);
        expect(transport).toBe('tcp');
        throw new Error('of no concern to the listener');
      },
    },
  );
  const first = await tcp(address).dial({});
  const second = new Probe(await tcp(address).dial({})).start();
  await until('the refusal', () => second.isClosed && refused.length === 1);
  expect(refused).toEqual([
    [
      expect.stringMatching(/^Refused 127\.0\.0\.1:\d+: too many connections$/),
      expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    ],
  ]);
  first.close(new Error('done'));
  await listener.close();

  const errors: Error[] = [];
  const secure = await listening(
    {
      tls: { ...testTls, requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' },
      handshakeTimeoutMs: 200,
    },
    { onRefused: (error) => errors.push(error) },
  );
  const stranger = connectTls({ ...secure.address, ca: testTls.ca, servername: 'localhost' });
  stranger.on('error', () => {});
  await until('the refusal', () => errors.length === 1);
  const rude = connect(secure.address, () => rude.resetAndDestroy());
  const mute = connect(secure.address, () => mute.destroy());
  await until('the refusals', () => errors.length === 3);
  for (const error of errors) expect(error.message).toMatch(/the TLS handshake failed/);
  expect(errors[0]?.cause).toBeInstanceOf(Error);
  await secure.listener.close();
});
