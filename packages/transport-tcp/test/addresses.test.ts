import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, test } from 'vitest';
import { listening, openTcp, socketPath, testTls } from './open-tcp.ts';

test('port 0 listens on a free port of the loopback interface, and says which', async () => {
  const { listener, accepted } = await listening();
  const { host, port } = listener.address;
  expect(host).toBe('127.0.0.1');
  expect(port).toBeGreaterThan(0);
  const a = new Probe(await tcp({ port: port ?? 0 }).dial({})).start();
  const { duplex, info } = await accepted();
  expect(info).toEqual({ transport: 'tcp', remoteAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
  const b = new Probe(duplex).start();
  a.close();
  await until('both closes', () => a.isClosed && b.isClosed);
  await listener.close();
});

test('a refused connection says where', async () => {
  const { listener } = await listening();
  const { port = 0 } = listener.address;
  await listener.close();
  await expect(tcp({ port }).dial({})).rejects.toThrow(
    expect.objectContaining({
      message: `Cannot connect to 127.0.0.1:${port}: connection refused`,
      code: 'ECONNREFUSED',
    }),
  );
  const path = socketPath();
  await expect(tcp({ path }).dial({})).rejects.toThrow(`Cannot connect to ${path}: no such socket`);
});

test('an address in use is refused, and free as soon as its listener has closed', async () => {
  const { listener, accepted } = await listening();
  const { port = 0 } = listener.address;
  await expect(listening({ port })).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${port}: the address is in use`,
  );
  const a = new Probe(await tcp({ port }).dial({})).start();
  const b = new Probe((await accepted()).duplex).start();
  await listener.close();
  await listener.close();
  const again = await listening({ port });
  // Those already offered live on.
  a.send('["still here"]');
  await until('the message', () => b.messages.length === 1);
  a.close();
  await until('both closes', () => a.isClosed && b.isClosed);
  await again.listener.close();
});

test('an aborted dial rejects with the reason, before and during', async () => {
  const reason = new Error('changed my mind');
  await expect(tcp({ port: 1 }).dial({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  // Accepts and says nothing, so that the TLS handshake never ends.
  const mute = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const address = mute.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const controller = new AbortController();
  const dialling = tcp({ port, tls: testTls }).dial({ signal: controller.signal });
  setTimeout(() => controller.abort(reason), 20);
  await expect(dialling).rejects.toBe(reason);
  mute.close();
});

test('connections beyond maxConnections are turned away', async () => {
  const { listener, address, accepted } = await listening({ maxConnections: 1 });
  const first = new Probe(await tcp(address).dial({})).start();
  const server = new Probe((await accepted()).duplex).start();
  const second = new Probe(await tcp(address).dial({})).start();
  await until('the second to be closed', () => second.isClosed);
  expect(first.isClosed).toBe(false);
  first.close();
  await until('the close of the first', () => first.isClosed && server.isClosed);
  await listener.close();
});

test('TLS refuses a server that it cannot verify', async () => {
  const { listener, address } = await listening({ tls: testTls });
  await expect(tcp({ ...address, tls: {} }).dial({})).rejects.toThrow(
    /^Cannot connect to 127\.0\.0\.1:\d+: .*self-signed/,
  );
  await listener.close();
});

test('a verified client certificate is the principal', async () => {
  const tls = { ...testTls, requestCert: true };
  const { listener, address, accepted } = await listening({ tls });
  const a = await tcp({ ...address, tls }).dial({});
  const { duplex, info } = await accepted();
  expect(info.principal).toEqual({ CN: 'localhost' });
  a.close(new Error('done'));
  duplex.close(new Error('done'));
  await listener.close();
});

test('a unix socket: its file goes with the listener, and one left by a dead process is taken over', async () => {
  const path = socketPath();
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  expect(existsSync(path)).toBe(true);
  const { listener } = await listening({ path });
  expect(listener.address).toEqual({ path });
  await expect(listening({ path })).rejects.toThrow(`Cannot listen on ${path}: the address is in use`);
  await listener.close();
  expect(existsSync(path)).toBe(false);
  const pair = await openTcp({ path });
  pair.a.close();
  pair.b.close();
  await pair.close();
});

test('an ordinary file in the place of a unix socket is left alone', async () => {
  const path = socketPath();
  writeFileSync(path, 'precious');
  await expect(listening({ path })).rejects.toThrow('the address is in use');
  expect(existsSync(path)).toBe(true);
  rmSync(path);
});
