import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@bjsonrpc/duplex-suite';
import { connect, createServer, Handler, type Peer, RpcError, type Server } from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { type ScenarioTransport, transports } from '../../../../test/scenarios/transports.ts';

/** A job that runs once, and remembers that it did. */
class Jobs extends Handler {
  readonly #ran: Set<number>;
  constructor(ran: Set<number>) {
    super();
    this.#ran = ran;
  }
  now(job: number): number {
    this.#ran.add(job);
    return job;
  }
  async later(job: number): Promise<number> {
    this.#ran.add(job);
    await sleep(job % 5);
    return job;
  }
  async *both(job: number): AsyncGenerator<number> {
    this.#ran.add(job);
    yield job;
    await sleep(1);
    yield job;
  }
}

async function drain(stream: AsyncIterable<number>): Promise<void> {
  for await (const _ of stream);
}

const ways: readonly ((peer: Peer<Jobs>, job: number) => Promise<unknown>)[] = [
  (peer, job) => peer.call.now(job),
  (peer, job) => peer.call.later(job),
  (peer, job) => peer.method.now(job).value,
  (peer, job) => peer.with({ timeout: 30_000 }).call.later(job),
  (peer, job) => drain(peer.pipe.both(job)),
];

async function restart(transport: ScenarioTransport, closing: 'server' | 'peer'): Promise<void> {
  const ran = new Set<number>();
  let jobs = 0;
  for (let round = 0; round < 20; round++) {
    const { listener, dialler } = transport.open();
    const server: Server<unknown> = await createServer(listener, () => new Jobs(ran));
    const places = transport.isForOne ? [1] : [1, 2, 3];
    const clients = await Promise.all(places.map(() => connect<Jobs>(dialler(server.address))));
    await until('all are accepted', () => server.connections.size === clients.length);
    let isOver = false;
    const failures: { job: number; error: unknown }[] = [];
    const load = clients.map(async (peer) => {
      while (!isOver) {
        const calls = Array.from({ length: 8 }, async (_, i) => {
          const job = jobs++;
          await (ways[i % ways.length] as (typeof ways)[number])(peer, job).catch((error: unknown) =>
            failures.push({ job, error }),
          );
        });
        void Promise.all(calls);
        await sleep(1);
      }
    });
    await sleep(round % 4); // with and without a greeting yet
    if (closing === 'server') await server.close();
    else await Promise.all([...server.connections].map((peer) => peer.close()));
    await Promise.all(clients.map((peer) => peer.closed));
    isOver = true;
    await Promise.all(load);
    await server.close();
    await expect.poll(() => clients.every(({ stats }) => stats.pending === 0)).toBe(true);
    for (const { job, error } of failures) {
      expect(error).toMatchObject({ name: 'ConnectionClosedError', sent: false });
      expect(ran.has(job)).toBe(false);
    }
  }
  expect(ran.size).toBeGreaterThan(0);
}

describe.each(transports)('over $name', (transport) => {
  test('a rolling restart under load leaves no call with an unknown outcome', () =>
    restart(transport, 'server'));

  test('nor does the end of each connection alone', () => restart(transport, 'peer'));

  test('sent tells: false before the end is known here, true where the connection breaks', async () => {
    const { listener, dialler } = transport.open();
    const server = await createServer(listener, () => ({ wait: () => new Promise(() => {}) }));
    const peer = await connect<{ wait(): void }>(dialler(server.address));
    await peer.ping();
    const waiting = peer.call.wait().then(undefined, (error: unknown) => error);
    await peer.ping();
    for (const end of server.connections) end.abort(new Error('power'));
    expect(await waiting).toMatchObject({ name: 'ConnectionClosedError', sent: true });
    const after = await peer.call.wait().then(undefined, (error: unknown) => error);
    expect(after).toMatchObject({ name: 'ConnectionClosedError', sent: false });
    expect((after as Error).message).toContain("'wait'");
    await server.close();
  });
});

test("a handler's own error cannot claim that its call was not sent", async () => {
  const { listener, dialler } = (transports[0] as ScenarioTransport).open();
  await using server = await createServer(listener, () => ({
    lie: () => {
      throw Object.assign(new RpcError('never ran'), { sent: false });
    },
  }));
  await using peer = await connect<{ lie(): void }>(dialler(server.address));
  const error = await peer.call.lie().then(undefined, (reason: unknown) => reason);
  expect('sent' in (error as object)).toBe(false);
});
