import { Handler, kw, type PeerOptions } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { transports } from '../../../../test/scenarios/transports.ts';

class Item extends Handler {
  next(): Item {
    return new Item();
  }
  value(): number {
    return 1;
  }
}

class Api extends Item {
  static override readonly parameters = { named: ['a', 'b'] };
  add(a: number, b: number): number {
    return a + b;
  }
  named(a: unknown, b: unknown): unknown[] {
    return [a, b];
  }
  fail(): never {
    throw new TypeError('as told');
  }
  take(_item: unknown): void {}
  async apply(fn: () => Promise<number>): Promise<number> {
    return fn();
  }
}

const memory = transports[0] as (typeof transports)[number];

async function open(options: PeerOptions) {
  const wire: string[] = [];
  const session = await openSession<Api, unknown>(memory, {
    api: new Api(),
    serverOptions: options,
    clientOptions: { ...options, onWire: ({ direction, text }) => wire.push(`${direction} ${text}`) },
    greeted: false,
  });
  return { ...session, wire };
}

test('an ordinary call sends not one byte more than the plain profile', async () => {
  const [extended, plain] = await Promise.all([open({}), open({ extensions: false })]);
  const talk = async ({
    client,
    wire,
    server,
  }: typeof plain): Promise<{ texts: string[]; bytes: number }> => {
    await client.call.add(0, 0); // and with it the greetings
    wire.length = 0;
    const before = client.stats.bytesIn + client.stats.bytesOut;
    expect(await client.call.add(1, 2)).toBe(3);
    expect(await client.method.add(3, 4).value).toBe(7);
    expect(await client.call.named(1, kw({ b: 'ü' }))).toEqual([1, 'ü']);
    client.notify.add(5, 6);
    await client.call.take({ deep: [{ er: [null, true, 'text', 1.5] }] });
    expect(client.stats.messagesIn - server.stats.messagesOut).toBe(0);
    return { texts: [...wire], bytes: client.stats.bytesIn + client.stats.bytesOut - before };
  };
  const [rich, old] = [await talk(extended), await talk(plain)];
  expect(rich).toEqual(old);
  expect(rich.texts.slice(0, 2)).toEqual([
    'sent {"params":[1,2],"method":"add","id":2}',
    'received {"id":2,"result":3,"error":null}',
  ]);
  expect(rich.texts).toHaveLength(4 * 2 + 1);
});

test('one message per call and one per answer, of every kind', async () => {
  const { client, wire } = await open({});
  await client.ping();
  const count = async (run: () => Promise<unknown>): Promise<string[]> => {
    wire.length = 0;
    await run();
    await client.ping(); // behind whatever was still to come
    return wire.slice(0, -2).map((text) => text.replace(/_[0-9a-f]{4}/g, ''));
  };
  expect(await count(() => client.call.add(1, 2))).toHaveLength(2);
  expect(await count(() => client.call.fail().catch(() => {}))).toHaveLength(2);
  const item = await client.call.next();
  expect(await count(() => item.call.value())).toHaveLength(2);
  expect(await count(() => client.call.take(item))).toHaveLength(2);
  expect(await count(async () => client.notify.add(1, 2))).toHaveLength(1);
  expect(await count(async () => item.close())).toEqual(['sent {"params":[1],"method":"item.__delete__"}']);
  // A callback: the call and its answer, the callback and its answer, and one release.
  expect(await count(() => client.call.apply(async () => 1))).toHaveLength(5);
});

test('a pipelined chain of three is three messages there and three back', async () => {
  const { client } = await open({});
  await client.ping();
  const { messagesIn, messagesOut } = client.stats;
  expect(await client.call.next().call.next().call.value()).toBe(1);
  expect(client.stats.messagesOut - messagesOut).toBe(3);
  expect(client.stats.messagesIn - messagesIn).toBe(3);
});

test('a stream is its items, its end, and credit for every 32 of them', async () => {
  const api = {
    *count(n: number) {
      for (let i = 0; i < n; i++) yield i;
    },
  };
  const { client } = await openSession<typeof api, unknown>(memory, { api });
  const { messagesIn, messagesOut } = client.stats;
  for await (const _ of client.pipe.count(320));
  expect(client.stats.messagesIn - messagesIn).toBeLessThanOrEqual(11);
  expect(client.stats.messagesOut - messagesOut).toBeLessThanOrEqual(1 + 10);
});
