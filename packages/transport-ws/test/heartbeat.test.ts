import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import { ConnectionClosedError, connect, createServer as createPeers, Handler } from '@bjsonrpc/peer';
import { ws } from '@bjsonrpc/transport-ws';
import { expect, onTestFinished, test } from 'vitest';
import { listening, wsPackage } from './open-ws.ts';
import { openRaw } from './raw-client.ts';

test('a side that has gone without a word is noticed', async () => {
  const { raw, server, close } = await openRaw({ pingIntervalMs: 50 });
  await until('the close', () => server.isClosed, 5000);
  expect(server.closes[0]?.error?.message).toMatch(/^127.* is dead: it was silent for 100 ms, and pinged$/);
  expect(raw.pings).toBe(1);
  await close();
});

test('one that answers pings is not, and one that talks is not even asked', async () => {
  const { listener, url, accepted } = await listening({ pingIntervalMs: 20 });
  const quiet = new Probe(await wsPackage(url).dial({})).start();
  const server = new Probe((await accepted()).duplex).start();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect([quiet.closes, server.closes]).toEqual([[], []]);
  expect(server.duplex.bytesIn).toBeGreaterThan(0); // pongs
  quiet.close();
  await until('both closes', () => quiet.isClosed && server.isClosed);
  await listener.close();

  const { raw, server: other, close } = await openRaw({ pingIntervalMs: 100 });
  for (let i = 0; i < 30; i++) {
    raw.socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x5b, 0x5d]));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect([other.closes, raw.pings]).toEqual([[], 0]);
  await close();
});

test('one that reads slowly, and so comes late to the ping, is not given up', async () => {
  const { raw, server, close } = await openRaw({ pingIntervalMs: 20 });
  const chunk = `["${'x'.repeat(1024 * 1024)}"]`;
  for (let i = 0; i < 24; i++) server.send(chunk);
  await until('a backlog', () => server.duplex.buffered > 4 * 1024 * 1024);
  raw.socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(server.closes).toEqual([]);
  // Once it has read everything, it is asked like anybody else; and this one never answers.
  raw.socket.resume();
  await until('all messages', () => raw.texts.length === 24);
  await until('the close', () => server.isClosed);
  expect(server.closes[0]?.error?.message).toMatch(/is dead/);
  await close();
});

test('a pulled cable ends what both sides were waiting for', async () => {
  class Api extends Handler {
    forever(): Promise<never> {
      return new Promise(() => {});
    }
  }
  const server = await createPeers(ws({ port: 0, pingIntervalMs: 50 }), () => new Api());
  const cable = await openCable(server.address.port ?? 0);
  const peer = await connect<Api>(wsPackage({ url: cable.url, pingIntervalMs: 50 }));
  const call = peer.call.forever();
  await peer.ping();
  cable.pull();
  await expect(call).rejects.toThrow(ConnectionClosedError);
  await expect(call).rejects.toThrow(/is dead: it was silent for 100 ms/);
  await peer.closed;
  await until('the server has noticed', () => server.connections.size === 0);
  await server.close();
});

/** A way to the server that can be made to swallow everything, the end of the connection included. */
async function openCable(port: number): Promise<{ readonly url: string; pull(): void }> {
  const ends: Socket[] = [];
  const relay = createServer((near) => {
    const far = connectSocket(port, '127.0.0.1');
    ends.push(
      near.on('error', () => {}),
      far.on('error', () => {}),
    );
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const end of ends) end.destroy();
    relay.close();
  });
  const address = relay.address();
  return {
    url: `ws://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/`,
    pull: () => {
      for (const end of ends) end.unpipe().resume();
    },
  };
}
