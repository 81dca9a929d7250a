import { connect, createServer, Handler, type RemoteObject, type RemotePromise } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { type ScenarioTransport, transports } from '../../../../test/scenarios/transports.ts';

class Link extends Handler {
  next(): Link {
    return new Link();
  }
  async late(): Promise<Link> {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return new Link();
  }
  never(): Promise<Link> {
    return new Promise(() => {});
  }
  fail(): Link {
    throw new RangeError('no link');
  }
  value(): number {
    return 1;
  }
  many(count: number): Link[] {
    return Array.from({ length: count }, () => new Link());
  }
  take(links: unknown[]): number {
    return links.length;
  }
}

const LENGTH = 5000;

type Linking = RemotePromise<RemoteObject<Link>>;

/** The promises of a long chain of calls, each on the answer to the one before. */
function chain(first: Linking): Linking[] {
  const links = [first];
  for (let i = 0; i < LENGTH; i++) links.push((links[i] as Linking).call.next());
  return links;
}

const memoryOnly = transports[0] as ScenarioTransport;

async function open(greeted: boolean) {
  const session = await openSession<Link, Link>(memoryOnly, {
    api: new Link(),
    clientApi: new Link(),
    greeted,
  });
  return session;
}

describe.each([true, false])(`a chain of ${LENGTH} calls, greeted: %s`, (greeted) => {
  test('that succeeds is released link by link', async () => {
    const { client, server, emptied } = await open(greeted);
    const links = await Promise.all(chain(client.call.next()));
    expect(server.stats.exported).toBe(LENGTH + 1);
    for (const link of links) link.close();
    await emptied();
  });

  test('that fails at its first link fails as a whole, with the first cause', async () => {
    const { client } = await open(greeted);
    const outcomes = await Promise.allSettled(chain(client.call.fail()));
    expect(outcomes).toHaveLength(LENGTH + 1);
    for (const outcome of [outcomes[0], outcomes[LENGTH / 2], outcomes.at(-1)])
      expect((outcome as PromiseRejectedResult).reason).toMatchObject({
        name: 'RangeError',
        message: 'no link',
      });
  });

  test('whose first link is given up', async () => {
    const { client } = await open(greeted);
    const first = client.with({ timeout: 1 }).call.never();
    const links = Promise.allSettled(chain(first));
    await expect(first).rejects.toMatchObject({ name: 'TimeoutError' });
    client.abort(); // the others wait for what never comes
    expect((await links).every(({ status }) => status === 'rejected')).toBe(true);
  });

  test.each(['abort', 'server abort', 'close'])('that is ended by: %s', async (how) => {
    const { client, server } = await open(greeted);
    const links = Promise.allSettled(chain(client.call.late()));
    if (how === 'abort') client.abort();
    if (how === 'server abort') server.abort();
    if (how === 'close') await client.close({ graceMs: 0 });
    const failed = (await links).filter(({ status }) => status === 'rejected');
    expect(failed.length).toBeGreaterThanOrEqual(1);
    if (how.endsWith('abort')) expect(failed).toHaveLength(LENGTH + 1);
    client.abort();
  });

  test('that is cancelled at its first link', async () => {
    const { client } = await open(greeted);
    const first = client.method.late();
    const links = Promise.allSettled(chain(first.value));
    first.cancel(new Error('not needed'));
    expect((await links)[0]).toMatchObject({ reason: { name: 'CancelledError' } });
    client.abort();
  });
});

test('a chain as arguments of one another, before the greeting', async () => {
  const { client, server, emptied } = await open(false);
  let last: unknown = client.call.next();
  const links: Promise<unknown>[] = [last as Promise<unknown>];
  for (let i = 0; i < LENGTH; i++) links.push((last = client.call.take([last])) as Promise<unknown>);
  const outcomes = await Promise.allSettled(links);
  expect(outcomes[1]).toEqual({ status: 'fulfilled', value: 1 });
  // What is no object cannot stand for one.
  expect(outcomes.at(-1)).toMatchObject({ reason: { name: 'DependencyFailedError' } });
  ((await links[0]) as Disposable)[Symbol.dispose]();
  await emptied();
  expect(server.stats.exported).toBe(0);
});

test('200,000 references are given, and closed with the connection', async () => {
  const COUNT = 100_000; // both ways
  const network = memory();
  const bytes = 256 * 1024 * 1024;
  const limits = { maxExports: 300_000, maxMessageBytes: bytes, maxConnectionBytes: bytes, maxNodes: bytes };
  const server = await createServer(network, () => new Link(), { limits });
  const client = await connect<Link>(network, { limits, handler: new Link() });
  onTestFinished(() => server.close({ graceMs: 0 }));
  const given = await client.call.many(COUNT);
  const taking = client.call.take(Array.from({ length: COUNT }, () => new Link()) as never);
  expect(given).toHaveLength(COUNT);
  expect(await taking).toBe(COUNT);
  const [end] = server.connections;
  expect(end?.stats.exported).toBe(COUNT);
  expect(client.stats.imported).toBe(COUNT);
  await client.close();
  await end?.closed;
  expect([client.stats.imported, client.stats.exported, end?.stats.exported, end?.stats.imported]).toEqual([
    0, 0, 0, 0,
  ]);
});

test('a handler that is in itself, a deep one, and one with many ways to a method can be described', async () => {
  const leaf = { add: (a: number, b: number) => a + b };
  const cyclic: { [name: string]: unknown } = { leaf, get: () => 1 };
  cyclic.self = cyclic;
  cyclic.other = { back: cyclic, leaf };
  let deep: { [name: string]: unknown } = { bottom: () => 'reached' };
  for (let i = 0; i < 20_000; i++) deep = { in: deep };
  const knot: { [name: string]: unknown }[] = Array.from({ length: 12 }, () => ({ f: () => 1 }));
  for (const one of knot) for (const [i, other] of knot.entries()) one[`to${i}`] = other;
  for (const [api, some] of [
    [cyclic, ['leaf.add', 'get']],
    [knot[0], ['f', 'to3.f']],
    [deep, []],
  ] as const) {
    const network = memory();
    await using _server = await createServer(network, () => api as object);
    await using peer = await connect(network);
    const { methods } = await peer.describe();
    expect(methods.map(({ name }) => name)).toEqual(expect.arrayContaining([...some]));
    if (api !== deep) for (const { name } of methods) expect(await peer.call[name]?.(1, 2)).toBeDefined();
  }
});

test('a burst of calls whose answers come at once, and a burst of listeners for one end', async () => {
  const { client } = await open(true);
  const calls = Array.from({ length: 50_000 }, () => client.call.value());
  expect(await Promise.all(calls)).toHaveLength(50_000);
  const link = await client.call.next();
  let broken = 0;
  for (let i = 0; i < 50_000; i++) link.onBroken(() => broken++);
  client.abort();
  await client.closed;
  expect(broken).toBe(50_000);
});
