import { until } from '@bjsonrpc/duplex-suite';
import { ConnectionClosedError, connect, createServer, Handler } from '@bjsonrpc/peer';
import { nats } from '@bjsonrpc/transport-nats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endProcesses, type InstanceApi, startProcess } from './instance.ts';
import { type NatsServer, startNats } from './nats-server.ts';
import { newSubject } from './open-nats.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNats();
});
afterAll(async () => {
  endProcesses();
  await server.stop();
});

/** What a promise was rejected with, and after how long. */
async function failure(promise: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const began = performance.now();
  try {
    await promise;
  } catch (error) {
    return { error, ms: performance.now() - began };
  }
  throw new Error('It did not fail');
}

describe.concurrent('a process that goes without a word', () => {
  test('an instance is killed: its pending calls fail within 3 s, and say that they may have run', async () => {
    const options = { servers: server.url, subject: newSubject(), instance: 'one' };
    const { child } = await startProcess('server', options);
    const peer = await connect<InstanceApi>(nats(options));
    await peer.call.add(1, 2);
    const failed = failure(peer.call.never());
    await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    const { error, ms } = await failed;
    expect(error).toBeInstanceOf(ConnectionClosedError);
    expect(error).toMatchObject({ sent: true });
    expect(ms).toBeLessThan(3000);
    expect((await peer.closed).error?.message).toContain('the other process is gone');
    const late = await failure(peer.call.add(1, 2));
    expect(late.error).toMatchObject({ sent: false });
  });

  test('a client is killed: what it held is released within 3 s', async () => {
    const options = { servers: server.url, subject: newSubject() };
    class Api extends Handler {
      object(): Api {
        return new Api();
      }
    }
    const listening = await createServer(nats(options), () => new Api(), { onError: () => {} });
    const { child } = await startProcess('holder', options);
    const [peer] = listening.connections;
    if (peer === undefined) throw new Error('Nobody is there');
    expect(peer.stats.exported).toBeGreaterThan(0);
    const began = performance.now();
    child.kill('SIGKILL');
    await until('the close', () => listening.connections.size === 0, 5000);
    expect(performance.now() - began).toBeLessThan(3000);
    await listening.close();
    expect(peer.stats).toMatchObject({ exported: 0, imported: 0, pending: 0, running: 0 });
  });

  test('an instance is stopped: its pending calls fail after deadMs', async () => {
    const options = { servers: server.url, subject: newSubject(), instance: 'one', deadMs: 1500 };
    const { child } = await startProcess('server', options);
    const peer = await connect<InstanceApi>(nats(options), { pingInterval: 0 });
    const failed = failure(peer.call.never());
    await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGSTOP');
    const { error, ms } = await failed;
    expect(error).toMatchObject({ sent: true });
    expect(ms).toBeGreaterThan(1000);
    expect(ms).toBeLessThan(3000);
    expect((await peer.closed).error?.message).toContain('no sign of life for 1500 ms');
  });

  test('a member of the group hangs: no dial fails', async () => {
    const options = { servers: server.url, subject: newSubject() };
    const hung = await startProcess('server', { ...options, instance: 'hung' });
    await startProcess('server', { ...options, instance: 'well' });
    hung.child.kill('SIGSTOP');
    const peers = await Promise.all(
      Array.from({ length: 12 }, () => connect<InstanceApi>(nats(options), { timeout: 5000 })),
    );
    for (const peer of peers) expect(await peer.call.whoami()).toBe('well');
    await Promise.all(peers.map((peer) => peer.close()));
  });

  test('a process that has nothing more to do ends by itself', async () => {
    const options = { servers: server.url, subject: newSubject() };
    const instance = await startProcess('server', options);
    const client = await startProcess('caller', options);
    expect(await client.ended).toMatchObject({ code: 0 });
    instance.child.kill('SIGTERM');
    expect(await instance.ended).toMatchObject({ code: 0 });
  });
});
