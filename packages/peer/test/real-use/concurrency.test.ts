import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@bjsonrpc/duplex-suite';
import { Handler } from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { type ScenarioTransport, transports } from '../../../../test/scenarios/transports.ts';

class Side extends Handler<Side> {
  /** How many ran at a time, at most. */
  most = 0;
  #running = 0;

  async work(i: number, visit: (i: number) => Promise<number>): Promise<number> {
    return await visit(i);
  }
  async workLate(i: number, visit: (i: number) => Promise<number>): Promise<number> {
    await sleep(1);
    const result = await visit(i);
    await sleep(1);
    return result;
  }
  twice(i: number): number {
    return 2 * i;
  }
  async deep(depth: number): Promise<number> {
    return depth === 0 ? 0 : 1 + (await this.peer.call.deep(depth - 1));
  }
  async deepLate(depth: number): Promise<number> {
    const { peer } = this;
    await sleep(1);
    return depth === 0 ? 0 : 1 + (await peer.call.deepLate(depth - 1));
  }
  async busy(): Promise<void> {
    this.most = Math.max(this.most, ++this.#running);
    await sleep(1);
    this.#running--;
  }
}

const overMemoryAndTcp = transports.slice(0, 2) as ScenarioTransport[];

describe.each(overMemoryAndTcp)('over $name', (transport) => {
  const open = (limits: object) =>
    openSession<Side, Side>(transport, {
      api: new Side(),
      clientApi: new Side(),
      serverOptions: { limits },
      clientOptions: { limits },
    });

  test.each([1, 2, 10, 1024])('%d at a time: calls that call back, however many', async (maxRunningCalls) => {
    const { client, server } = await open({ maxRunningCalls, maxQueuedCalls: 10_000 });
    for (const count of [1100, 5000]) {
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        const visit = (j: number): Promise<number> => to.call.twice(j);
        const calls = Array.from({ length: count }, (_, i) => from.call.work(i, visit));
        const late = Array.from({ length: count }, (_, i) => from.call.workLate(i, visit));
        const expected = Array.from({ length: count }, (_, i) => 2 * i);
        expect(await Promise.all(calls)).toEqual(expected);
        expect(await Promise.all(late)).toEqual(expected);
      }
    }
  });

  test.each(['deep', 'deepLate'] as const)(
    'one at a time on both sides: %s in both directions',
    async (name) => {
      const { client, server } = await open({ maxRunningCalls: 1 });
      const calls = [client.call[name](50), server.call[name](50), client.call[name](49)];
      expect(await Promise.all(calls)).toEqual([50, 50, 49]);
    },
  );

  test('both sides at once, each calling back into the other', async () => {
    const { client, server } = await open({ maxRunningCalls: 2 });
    const both = [client, server].flatMap((peer) => {
      const other = peer === client ? server : client;
      return Array.from({ length: 500 }, (_, i) => peer.call.workLate(i, (j) => other.call.twice(j)));
    });
    expect(new Set(await Promise.all(both)).size).toBe(500);
  });
});

test('calls that wait for nothing of the other side run in bounded number', async () => {
  const api = new Side();
  const { client } = await openSession<Side, Side>(transports[0] as ScenarioTransport, {
    api,
    serverOptions: { limits: { maxRunningCalls: 3 } },
  });
  await Promise.all(Array.from({ length: 100 }, () => client.call.busy()));
  expect(api.most).toBe(3);
});

test('a call is not passed over for ever by those that call back', async () => {
  const { client } = await openSession<Side, Side>(transports[0] as ScenarioTransport, {
    api: new Side(),
    clientApi: new Side(),
    serverOptions: { limits: { maxRunningCalls: 2 } },
  });
  let isOver = false;
  const visitors = Array.from({ length: 20 }, async (_, i) => {
    while (!isOver) await client.call.workLate(i, (j) => Promise.resolve(j));
  });
  await client.call.busy();
  isOver = true;
  await Promise.all(visitors);
});

test('of a burst of notifications to a side that waits, each has run or was reported on both sides', async () => {
  const COUNT = 30_000;
  let seen = 0;
  let answer = (): void => {};
  const told = { there: 0, here: 0 };
  class Api extends Handler<{ question(): void }> {
    async log(): Promise<void> {
      await sleep(1);
      seen++;
    }
    async begin(): Promise<void> {
      await this.peer.call.question();
    }
  }
  for (const transport of overMemoryAndTcp) {
    [seen, told.here, told.there] = [0, 0, 0];
    const { client, server } = await openSession<Api, unknown>(transport, {
      api: new Api(),
      clientApi: {
        question: () =>
          new Promise<void>((resolve) => {
            answer = resolve;
          }),
      },
      serverOptions: {
        onError: (error, { method }) => {
          expect([(error as Error).name, method]).toEqual(['LimitExceededError', 'log']);
          told.there++;
        },
      },
      clientOptions: {
        onError: (error) => {
          told.here += Number(/^(\d+) notifications were refused/.exec((error as Error).message)?.[1] ?? 1);
        },
      },
    });
    const waiting = client.call.begin();
    await client.ping();
    for (let i = 0; i < COUNT; i++) client.notify.log();
    await until('all have run or been refused', () => seen + told.here >= COUNT, 15_000);
    expect(told.there).toBe(COUNT - seen);
    expect(told.here).toBe(COUNT - seen);
    expect(server.stats.refused).toBe(COUNT - seen);
    answer();
    await waiting;
  }
});
