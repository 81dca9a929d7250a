import { Readable } from 'node:stream';
import { until } from '@bjsonrpc/duplex-suite';
import { Handler, type Peer, RpcError } from '@bjsonrpc/peer';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { transports } from '../../../../test/scenarios/transports.ts';

const memory = transports[0] as (typeof transports)[number];

// Streams that a method has left to us, and that nobody will read, are closed.

/** Streams of all kinds, and how many of them have been closed. */
function opened() {
  let closed = 0;
  const count = () => void closed++;
  const node = new Readable({ read() {} }).on('close', count);
  const web = new ReadableStream({ cancel: count });
  const iterator = {
    next: () => ({ done: false, value: 1 }),
    return: () => {
      count();
      return { done: true, value: undefined };
    },
    [Symbol.iterator]() {
      return this;
    },
  };
  return { list: [node, web, iterator], closed: () => closed };
}

const ways: { readonly [way: string]: (streams: readonly object[]) => unknown } = {
  'beside what cannot be sent': (streams) => [...streams, Symbol('unsendable')],
  'behind what cannot be sent': (streams) => ({ a: Symbol('unsendable'), b: { streams } }),
  'beside a getter that throws': (streams) => ({
    streams,
    get bad(): never {
      throw new RpcError('no');
    },
  }),
  'in a list with itself': (streams) => {
    const list: unknown[] = [...streams];
    list.push(list);
    return list;
  },
  'in a list': (streams) => [streams],
};

describe.each(Object.entries(ways))('%s', (_, make) => {
  test('given to a call, a pipe or a notification', async () => {
    const given: ReturnType<typeof opened>[] = [];
    const api = {
      give: () => {
        given.push(opened());
        return make(given.at(-1)?.list ?? []);
      },
    };
    const { client, emptied } = await openSession<unknown, unknown>(memory, {
      api,
      serverOptions: { onError: () => {} },
    });
    const peer = client as Peer;
    const answer = (await peer.call.give?.().catch(() => undefined)) as Disposable[][] | undefined;
    for (const stream of answer?.[0] ?? []) stream[Symbol.dispose]();
    const item = await peer.pipe
      .give?.()
      .next()
      .catch(() => undefined);
    for (const stream of (item?.value as Disposable[][])?.[0] ?? []) stream[Symbol.dispose]();
    peer.notify.give?.();
    await emptied();
    expect(given).toHaveLength(3);
    for (const { closed } of given) await until('all are closed', () => closed() === 3, 2000);
  });

  test('given when the connection has ended', async () => {
    const streams = opened();
    let finish = (): void => {};
    const api = {
      give: async () => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return make(streams.list);
      },
    };
    const { client, server } = await openSession<unknown, unknown>(memory, {
      api,
      serverOptions: { onError: () => {} },
    });
    const call = (client as Peer).call.give?.();
    await client.ping();
    client.abort();
    await expect(call).rejects.toThrow('closed');
    await server.closed;
    finish();
    await until('all are closed', () => streams.closed() === 3, 2000);
  });
});

test('what the other side held is closed with the connection: each once', async () => {
  const closed: number[] = [];
  class Item extends Handler {
    readonly #number: number;
    constructor(number: number) {
      super();
      this.#number = number;
    }
    protected override onClose(): void {
      closed.push(this.#number);
    }
  }
  const streams = [opened(), opened()];
  const api = {
    items: () => Array.from({ length: 5 }, (_, i) => new Item(i)),
    streams: () => streams.map(({ list }) => list),
  };
  const { client, server } = await openSession<unknown, unknown>(memory, { api });
  const held = [await (client as Peer).call.items?.(), await (client as Peer).call.streams?.()];
  expect(server.stats.exported).toBe(11);
  client.abort();
  await server.closed;
  expect(closed).toEqual([0, 1, 2, 3, 4]);
  for (const { closed } of streams) await until('all are closed', () => closed() === 3, 2000);
  expect(held).toHaveLength(2);
});
