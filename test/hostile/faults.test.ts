import { connect, createServer, currentCall, type Peer, type Server } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, onTestFinished, test } from 'vitest';
import { FaultProxy, type ProxyOptions } from './fault-proxy.ts';

const api = {
  echo: (value: unknown) => value,
  later: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
  count: async function* (to: number) {
    for (let i = 0; i < to; i++) yield i;
  },
  callback: (fn: (n: number) => Promise<number>) => fn(1),
  back: async () => await (currentCall().peer as Peer<{ one(): number }>).call.one(),
};
type Api = typeof api;

async function serve(): Promise<Server> {
  const server = await createServer(tcp({ port: 0 }), () => api, { onError: () => {} });
  onTestFinished(() => server.close({ graceMs: 0 }));
  return server;
}

async function through(server: Server, faults: Omit<ProxyOptions, 'port'>): Promise<FaultProxy> {
  const proxy = await FaultProxy.open({ port: server.address.port ?? 0, ...faults });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return proxy;
}

/** One of everything. Resolves with how each has settled, once all have. */
async function session(port: number): Promise<readonly string[]> {
  const peer = await connect<Api>(tcp({ port }), { handler: { one: () => 1 }, timeout: 5000 });
  const items = async (): Promise<number> => {
    let sum = 0;
    for await (const item of peer.pipe.count(100)) sum += item;
    return sum;
  };
  const calls = [
    peer.call.echo('ü'.repeat(100)),
    items(),
    peer.call.callback(async (n) => n + 1),
    peer.call.back(),
  ];
  const settled = await Promise.allSettled(calls);
  await peer.close({ graceMs: 200 });
  expect(peer.stats).toMatchObject({ pending: 0, running: 0, exported: 0, imported: 0 });
  return settled.map((one) => (one.status === 'fulfilled' ? JSON.stringify(one.value) : 'failed'));
}

const good = [`"${'ü'.repeat(100)}"`, '4950', '2', '1'];

async function emptied(server: Server): Promise<void> {
  await expect.poll(() => server.connections.size, { timeout: 5000 }).toBe(0);
}

test('every byte in a packet of its own', async () => {
  const server = await serve();
  const proxy = await through(server, { up: { pieceBytes: 1 }, down: { pieceBytes: 1 } });
  expect(await session(proxy.port)).toEqual(good);
  await emptied(server);
});

test('late packets', async () => {
  const server = await serve();
  const proxy = await through(server, { up: { delayMs: 20 }, down: { delayMs: 20, pieceBytes: 500 } });
  expect(await session(proxy.port)).toEqual(good);
  await emptied(server);
});

test.each(['end', 'reset'] as const)(
  'cut anywhere by %s: every call settles, and nothing stays behind',
  async (cut) => {
    const server = await serve();
    const whole = await through(server, {});
    await session(whole.port);
    const { bytesUp, bytesDown } = whole;
    const cuts = Array.from({ length: 40 }, (_, i) => [
      { up: { cutAfterBytes: 1 + Math.floor((bytesUp * i) / 40), cut } },
      { down: { cutAfterBytes: 1 + Math.floor((bytesDown * i) / 40), cut } },
    ]).flat();
    await Promise.all(
      cuts.map(async (faults) => {
        const proxy = await through(server, faults);
        const settled = await session(proxy.port);
        expect(settled.length).toBe(good.length);
        for (const [i, how] of settled.entries()) expect([good[i], 'failed']).toContain(how);
      }),
    );
    await emptied(server);
  },
);
