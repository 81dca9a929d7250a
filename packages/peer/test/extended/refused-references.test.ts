import { until } from '@bjsonrpc/duplex-suite';
import { Codec, Handler, type Limits, type PeerOptions } from '@bjsonrpc/peer';
import { VirtualClock } from '@bjsonrpc/transport-memory';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { transports } from '../../../../test/scenarios/transports.ts';
import { acceptedByHand, dialledByHand } from './raw-peer.ts';

// What comes in a message that is refused is given back at once: on the side that sent it nothing stays exported, be it in
// arguments or in results, and both connections stand.

class Item extends Handler {
  readonly padding = 'x';
}

class Unknown {
  readonly made = true;
}

const memory = transports[0] as (typeof transports)[number];
const manyValues = Array.from({ length: 3000 }, () => ({}));

function deep(value: unknown, depth: number): unknown {
  return depth === 0 ? value : [deep(value, depth - 1)];
}

/** What is refused, and by which limits of the side that refuses. */
const refusals: [string, (item: Item) => unknown, Partial<Limits>, RegExp][] = [
  ['too deep', (item) => [item, deep(item, 60)], { maxDepth: 40 }, /maxDepth/],
  ['too deep, and long', (item) => ['x'.repeat(1e5), deep([item], 150)], { maxDepth: 40 }, /maxDepth/],
  [
    'too many values',
    (item) => ['x'.repeat(1e5), item, manyValues, { a: item }],
    { maxNodes: 4096 },
    /maxNodes/,
  ],
  [
    'too many references',
    (item) => [item, ...Array.from({ length: 40 }, () => new Item())],
    { maxNodes: 4000 },
    /31 references/,
  ],
  [
    'references that are too much to keep',
    (item) => [item, ...Array.from({ length: 200 }, () => new Item())],
    { maxConnectionBytes: 50_000 },
    /maxConnectionBytes/,
  ],
  ['undecodable before it', (item) => [new Unknown(), item], {}, /Unknown class/],
  ['undecodable behind it', (item) => [item, { a: item }, new Unknown(), [item]], {}, /Unknown class/],
];

describe.each(refusals)('%s', (_, make, limits, why) => {
  const sending: PeerOptions = {
    codec: new Codec().register('Unknown', Unknown, { encode: () => [], decode: () => new Unknown() }),
    onError: () => {},
  };
  const refusing: PeerOptions = { limits, onError: () => {} };

  test('as arguments', async () => {
    const { client, emptied } = await openSession<{ f(value: unknown): number }, unknown>(memory, {
      api: { f: () => 1 },
      clientOptions: sending,
      serverOptions: refusing,
    });
    // Neither of what came too late for the call, nor of what the handler would have been given anything is left.
    await expect(client.call.f(make(new Item()))).rejects.toThrow(why);
    client.notify.f(make(new Item()));
    await emptied();
    expect(await client.call.f(1)).toBe(1);
  });

  test('as a result', async () => {
    const { client, server, emptied } = await openSession<{ f(): unknown; g(): number }, unknown>(memory, {
      api: { f: () => make(new Item()), g: () => 1 },
      clientOptions: refusing,
      serverOptions: sending,
    });
    await expect(client.call.f()).rejects.toThrow(why);
    await emptied();
    expect(await client.call.g()).toBe(1);
    expect(server.stats.running).toBe(0);
  });
});

test('too much to keep, beside it', async () => {
  const { client, emptied } = await openSession<{ f(value: unknown): number }, unknown>(memory, {
    api: { f: () => 1 },
    serverOptions: { limits: { maxConnectionBytes: 50_000 }, onError: () => {} },
  });
  await expect(client.call.f([new Item(), manyValues])).rejects.toThrow(/maxConnectionBytes/);
  await emptied();
});

test('releases that cannot be told yet are kept once for each name, and not for ever', async () => {
  const { raw, peer } = await acceptedByHand({ onError: () => {}, limits: { maxRunningCalls: 1 } });
  await raw.next();
  const refused = (names: string[]) =>
    raw.send({ method: 'f', params: [deep(0, 250), ...names.map((name) => ({ __remoteobject__: name }))] });
  for (let i = 0; i < 100; i++) refused(['a', 'b']);
  expect(await raw.rest()).toEqual([]); // it may yet greet, and count
  raw.greet();
  expect(await raw.rest()).toEqual([
    '{"params":[100],"method":"a.__delete__"}',
    '{"params":[100],"method":"b.__delete__"}',
  ]);
  expect(peer.stats.imported).toBe(0);
  const clock = new VirtualClock(); // and no time passes in which it might greet
  const other = await acceptedByHand({ onError: () => {}, clock });
  await other.raw.next();
  const COUNT = 20_000;
  const names = Array.from({ length: COUNT }, (_, i) => ({ __remoteobject__: `n${i}` }));
  other.raw.send({ method: 'f', params: [deep(0, 250), names] });
  // So many are not kept: it is taken for one that does not count.
  const told = () => other.raw.received.filter((text) => text.includes('__delete__'));
  await until('all are given back', () => told().length === COUNT);
  expect(told()[0]).toBe('{"method":"n0.__delete__"}');
});

test('a batch that is refused', async () => {
  const { raw } = await acceptedByHand({ onError: () => {}, limits: { maxBatchLength: 2 } });
  await raw.next();
  raw.greet();
  const call = (name: string) => ({ method: 'f', params: [{ __remoteobject__: name }] });
  raw.send([call('a'), call('b'), call('a')]);
  expect(await raw.rest()).toEqual([
    expect.stringContaining('(maxBatchLength)'),
    '{"params":[2],"method":"a.__delete__"}',
    '{"params":[1],"method":"b.__delete__"}',
  ]);
});

test('a message may bring so many references as take no longer to make than the values that it may bring', async () => {
  const items = (count: number) => Array.from({ length: count }, () => new Item());
  const { client, emptied } = await openSession<
    { many(count: number): Item[]; take(items: Item[]): number },
    unknown
  >(memory, {
    api: { many: items, take: ({ length }: Item[]) => length },
    clientOptions: { limits: { maxNodes: 12_800 } },
  });
  await expect(client.call.take(items(101) as never)).rejects.toThrow(
    'A message may bring 100 references, one for 128 values (maxNodes)',
  );
  expect(client.stats.exported).toBe(0);
  expect(await client.call.take(items(100) as never)).toBe(100);
  await expect(client.call.many(101)).rejects.toThrow('100 references');
  for (const item of await client.call.many(100)) (item as unknown as Disposable)[Symbol.dispose]();
  await emptied();
});

test('a release is carried out though there is no room for a call', async () => {
  const { raw, peer } = await dialledByHand(
    { item: () => new Item(), never: () => new Promise(() => {}) },
    { limits: { maxConnectionBytes: 20_000 }, onError: () => {} },
  );
  raw.greet();
  await raw.next();
  raw.send({ method: 'item', id: 'i' });
  expect(await raw.next()).toMatchObject({ result: { __remoteobject__: 'item_0001' } });
  for (let i = 0; i < 100; i++) raw.send({ method: 'never', id: i });
  expect((await raw.rest()).length).toBeGreaterThan(50); // refused
  raw.send({ method: 'item_0001.__delete__', params: [1] });
  await raw.rest();
  expect(peer.stats.exported).toBe(0);
});

test('cancellations that cannot be told yet are kept up to a number', async () => {
  const { raw, peer } = await acceptedByHand();
  await raw.next();
  for (let i = 0; i < 3000; i++) {
    const request = peer.method.f?.();
    request?.cancel();
    request?.value.catch(() => {});
  }
  raw.greet();
  const told = (await raw.rest()).filter((text) => text.includes('$/cancelRequest'));
  expect(told).toHaveLength(1024);
});

test('names that a program makes up as it goes are not all kept', async () => {
  const { peer } = await acceptedByHand();
  for (let i = 0; i < 3000; i++) expect(peer.call[`name${i}`]).toBeTypeOf('function');
  expect(Object.getOwnPropertyNames(peer.call)).toHaveLength(1000);
  const { space } = peer.call as unknown as { space: { [name: string]: unknown } };
  for (let i = 0; i < 3000; i++) expect(space[`name${i}`]).toBeTypeOf('function');
  expect(space.name0).toBe(space.name0);
  expect(space.name2999).not.toBe(space.name2999);
});
