import { until } from '@bjsonrpc/duplex-suite';
import { connect, createServer, Handler, type Peer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { heapUsed } from '../../../../test/scenarios/collect-garbage.ts';
import { CALL_BYTES } from '../../src/basics/memory.ts';
import { weightOf } from '../../src/basics/weight.ts';
import { acceptedByHand, dialledByHand } from './raw-peer.ts';

const KIB = 1024;

class Item extends Handler {}

class Api extends Handler {
  readonly #never = new Promise<never>(() => {});
  readonly item0 = new Item();
  never(..._: unknown[]): Promise<never> {
    return this.#never;
  }
  item(): Item {
    return new Item();
  }
  echo(value: unknown): unknown {
    return value;
  }
  same(): Item {
    return this.item0;
  }
  async back(): Promise<void> {
    await (this.peer as Peer<{ anything(): void }>).call.anything();
  }
}

describe('what a value of JSON is said to take', () => {
  const COUNT = 20_000;
  test.each<[string, (i: number) => string]>([
    ['empty objects', () => '{}'],
    ['empty lists', () => '[]'],
    ['lists in lists', () => '[[[[]]]]'],
    ['objects of a key of their own', (i) => `{"k${i}":1}`],
    ['objects with numbers as keys', (i) => `{"${i % 100}":1}`],
    ['objects in objects', () => '{"a":{}}'],
    ['numbers', (i) => `${i}.5`],
    ['numbers among others', (i) => (i % 2 ? 'null' : `${i}.5`)],
    ['short texts', (i) => `"${i}"`],
    ['texts of two bytes for a letter', (i) => `"${'€'.repeat(200)}${i}"`],
    ['hints', () => '{"__jsonclass__":["Date",[null]]}'],
  ])('%s', async (_, make) => {
    const text = `[${Array.from({ length: COUNT }, (_, i) => make(i))}]`;
    const before = await heapUsed();
    const value: unknown = JSON.parse(text);
    const bytes = (await heapUsed()) - before;
    const said = weightOf(value);
    expect(said).toBeGreaterThan(bytes / 2.6);
    expect(said).toBeLessThan(3 * bytes + KIB * KIB);
  });

  test('what a codec has made may have no end, and may throw', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(weightOf([proxy])).toBe(0);
    const knot: { [key: string]: unknown } = {};
    for (const key of ['a', 'b', 'c']) knot[key] = knot;
    expect(weightOf(knot, 1000)).toBeLessThan(200_000);
    expect(weightOf([new Map([['k', [1, 2]]]), new Set(['x']), new Date(), undefined, 1n])).toBeLessThan(
      1000,
    );
    expect(weightOf(new Uint8Array(5000))).toBeGreaterThan(5000);
  });
});

test.each([
  ['short ones', '[1]', 0],
  ['of empty objects', `[${Array(1000).fill('{}')}]`, 64_000],
  ['in keyword arguments', `{"a":[${Array(1000).fill('{}')}]}`, 64_000],
])('calls that do not end take what they take: %s', async (_, params, bytes) => {
  const { raw, peer } = await dialledByHand(new Api(), {
    limits: { maxConnectionBytes: 512 * KIB },
    onError: () => {},
  });
  raw.greet();
  await raw.next();
  const most = (512 * KIB) / (bytes + CALL_BYTES);
  for (let id = 0; id < 600; id++) raw.send(`{"params":${params},"method":"never","id":${id}}`);
  const refused = (await raw.rest()).map((text) => JSON.parse(text) as { error: { message: string } });
  for (const { error } of refused)
    expect(error.message).toBe('More than 524288 bytes would be kept here (maxConnectionBytes)');
  const { running } = peer.stats;
  expect(running + refused.length).toBe(600);
  expect(running).toBeLessThanOrEqual(most);
  expect(running).toBeGreaterThan(most / 2);
});

test('what waits for its turn takes as much, and gives it back when it is over or cancelled', async () => {
  const { raw, peer } = await dialledByHand(
    { wait: () => new Promise(() => {}), echo: (x: unknown) => x },
    { limits: { maxRunningCalls: 1, maxConnectionBytes: 64 * KIB }, onError: () => {} },
  );
  raw.greet();
  await raw.next();
  raw.send({ method: 'wait', id: 'first' });
  for (let round = 0; round < 5; round++) {
    for (let id = 0; id < 100; id++) raw.send({ method: 'echo', params: ['x'], id });
    const refused = await raw.rest();
    expect(refused.length).toBeGreaterThan(30);
    expect(refused.length).toBeLessThan(60);
    for (let id = 0; id < 20; id++) raw.send({ method: '$/cancelRequest', params: { id } });
    await raw.rest();
    raw.send({ method: 'echo', params: ['x'], id: 'room again' });
    expect(await raw.rest()).toEqual([]);
    for (let id = 20; id < 100; id++) raw.send({ method: '$/cancelRequest', params: { id } });
    raw.send({ method: '$/cancelRequest', params: { id: 'room again' } });
    await raw.rest();
    expect(peer.stats.running).toBe(1);
  }
});

test('members that mean nothing are not kept with a call', async () => {
  const { raw, peer } = await dialledByHand(new Api());
  raw.greet();
  await raw.next();
  const extra = `[${Array(20_000).fill('{}')}]`;
  raw.send(`{"method":"never","id":"first","x":${extra}}`);
  await raw.rest();
  const before = await heapUsed();
  for (let id = 0; id < 30; id++)
    raw.send(
      `{"method":"never","id":${id},"x":${extra},"tracestate":"${'x'.repeat(1e5)}","stream":${extra}}`,
    );
  await raw.rest();
  expect(peer.stats.running).toBe(31);
  expect((await heapUsed()) - before).toBeLessThan(4 * 1e6); // and not 30 × 2.7 MB
});

test('a connection that keeps little is served though others keep all that there is', async () => {
  const network = memory();
  const limits = { maxConnectionBytes: 256 * KIB, maxTotalBytes: 512 * KIB };
  const server = await createServer(network, () => new Api(), { limits, onError: () => {} });
  const open = () => connect<Api>(network);
  const [quiet, ...others] = await Promise.all([open(), open(), open(), open()]);
  onTestFinished(() => server.close({ graceMs: 0 }));
  const held = others.flatMap((peer) => Array.from({ length: 300 }, () => peer.call.never()));
  const outcomes = Promise.allSettled(held);
  await Promise.all(others.map((peer) => peer.ping()));
  const long = 'x'.repeat(100_000);
  await expect(quiet.call.echo(long)).rejects.toThrow(
    'More than 524288 bytes would be kept here (maxTotalBytes)',
  );
  for (let i = 0; i < 100; i++) expect(await quiet.call.echo(i)).toBe(i);
  (await quiet.call.item()).close();
  await Promise.all(others.map((peer) => peer.close({ graceMs: 0 })));
  expect((await outcomes).filter(({ status }) => status === 'rejected')).toHaveLength(900);
  await until('they are gone', () => server.connections.size === 1);
  expect(await quiet.call.echo(long)).toBe(long);
  await quiet.close();
});

test('what a connection keeps is given back to the server when it ends, whatever it was', async () => {
  const network = memory();
  const limits = { maxTotalBytes: 512 * KIB };
  const server = await createServer(network, () => new Api(), { limits, onError: () => {} });
  onTestFinished(() => server.close({ graceMs: 0 }));
  for (let i = 0; i < 10; i++) {
    const client = await connect<Api>(network);
    // References that came, objects that were given, calls that run, of 400 KiB together.
    const call = client.call.never(...Array.from({ length: 300 }, () => () => {}));
    const given = await Promise.all(Array.from({ length: 100 }, () => client.call.item()));
    expect(given).toHaveLength(100);
    const [peer] = server.connections;
    expect(peer?.stats).toMatchObject({ imported: 300, exported: 100, running: 1 });
    client.abort();
    await expect(call).rejects.toThrow('closed');
    await until('it is gone', () => server.connections.size === 0);
  }
});

test('aliases take their part, and an id that is used again is one alias', async () => {
  const { raw, peer } = await dialledByHand(new Api(), { limits: { maxConnectionBytes: 64 * KIB } });
  raw.greet();
  await raw.next();
  const ask = async (id: string): Promise<Record<string, unknown>> => {
    raw.send({ method: 'same', id });
    return await raw.next();
  };
  for (let i = 0; i < 1000; i++) expect(await ask('again and again')).toMatchObject({ error: null });
  let made = 0;
  for (let answer = await ask('0'); answer.error === null; answer = await ask(String(made).padEnd(100, 'x')))
    made++;
  expect(made).toBeLessThan((64 * KIB) / 250);
  expect(made).toBeGreaterThan(100);
  raw.send({ method: 'item_0001.__delete__' });
  await raw.rest();
  expect(peer.stats.exported).toBe(0);
  expect(await ask('room again')).toMatchObject({ result: { __remoteobject__: expect.any(String) } });
});

test('unread items take what they take', async () => {
  const { raw, peer } = await acceptedByHand<{ f(): AsyncIterable<unknown> }>({
    limits: { maxConnectionBytes: 512 * KIB },
  });
  const { id: hello } = await raw.next();
  expect(hello).toBeUndefined();
  raw.greet();
  const items = peer.pipe.f();
  const { id } = await raw.next();
  for (let i = 0; i < 20; i++)
    raw.send(`{"id":${id},"result":[${Array(1000).fill('{}')}],"error":null,"more":true}`);
  let read = 0;
  const reading = (async () => {
    for await (const _ of items) read++;
  })();
  await expect(reading).rejects.toThrow('(maxConnectionBytes)');
  expect(read).toBeLessThanOrEqual(8);
  expect(await raw.next()).toMatchObject({ method: '$/cancelRequest' });
});

test('refusals and releases that are not read are not kept for ever', async () => {
  const network = memory();
  const errors: string[] = [];
  const server = await createServer(network, () => new Api(), {
    limits: { maxConnectionBytes: 2 * KIB * KIB },
    onError: (error) => errors.push((error as Error).message),
  });
  onTestFinished(() => server.close({ graceMs: 0 }));
  const duplex = await network.dial({});
  duplex.start({ onMessage: () => {}, onClose: () => {} });
  duplex.send('{"method":"$/hello","params":[{"extensions":["references","bye"]}]}');
  duplex.send('{"method":"back","id":0}'); // it waits for an answer, and reads on for the sake of that
  duplex.hold(true);
  for (let id = 1; id < 50_000; id++) duplex.send(`{"method":"${'x'.repeat(200)}","id":${id}}`);
  await until('it is cut off', () => server.connections.size === 0, 5000);
  expect(errors.at(-1)).toBe('More than 2097152 bytes would be kept here (maxConnectionBytes)');
});

test('items give back what they took, be they read or left', async () => {
  const { raw, peer } = await acceptedByHand<{ f(): AsyncIterable<unknown> }>({
    limits: { maxConnectionBytes: 512 * KIB },
  });
  await raw.next();
  raw.greet();
  const item = `[${Array(1000).fill('{}')}]`;
  for (let round = 0; round < 6; round++) {
    const items = peer.pipe.f()[Symbol.asyncIterator]();
    const { id } = await raw.next();
    for (let i = 0; i < 4; i++) await raw.after(`{"id":${id},"result":${item},"error":null,"more":true}`);
    for (let i = 0; i < 4; i++) expect((await items.next()).done).toBe(false);
    for (let i = 0; i < 4; i++) await raw.after(`{"id":${id},"result":${item},"error":null,"more":true}`);
    await items.return?.();
    expect(await raw.next()).toEqual({ method: '$/cancelRequest', params: { id } });
  }
});

test('objects give back what they took', async () => {
  const { raw, peer } = await dialledByHand(new Api(), { limits: { maxConnectionBytes: 64 * KIB } });
  raw.greet();
  await raw.next();
  for (let i = 0; i < 500; i++) {
    raw.send({ method: 'item', id: i });
    const { result } = (await raw.next()) as { result: { __remoteobject__: string } };
    raw.send({ method: `${result.__remoteobject__}.__delete__`, params: [1] });
  }
  await raw.rest();
  expect(peer.stats.exported).toBe(0);
});

test('answers that are not read are refused beyond a bound, and give back what they took when they are', async () => {
  const network = memory();
  const server = await createServer(network, () => new Api(), {
    limits: { maxConnectionBytes: 4 * KIB * KIB },
    onError: () => {},
  });
  onTestFinished(() => server.close({ graceMs: 0 }));
  const duplex = await network.dial({});
  let received: string[] = [];
  duplex.start({ onMessage: (text) => received.push(text), onClose: () => {} });
  duplex.send('{"method":"back","id":"back"}'); // it waits for an answer, and reads on for the sake of that
  await until('it calls back', () => received.length === 1);
  const text = 'x'.repeat(100 * KIB);
  for (let round = 0; round < 3; round++) {
    received = [];
    duplex.hold(true);
    for (let id = 0; id < 100; id++) duplex.send(`{"params":["${text}"],"method":"echo","id":${id}}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    duplex.hold(false);
    await until('all are answered', () => received.length === 100, 5000);
    const refused = received.filter((answer) => answer.includes('(maxConnectionBytes)'));
    expect(refused.length).toBeGreaterThan(30); // some five MiB of ten wait
    expect(refused.length).toBeLessThan(70);
  }
});

test('calls that all answer at once, and much, are refused where nobody reads', async () => {
  const network = memory();
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const api = { late: () => gate.then(() => 'x'.repeat(100 * KIB)) };
  const server = await createServer(network, () => api, {
    limits: { maxConnectionBytes: 2 * KIB * KIB },
    onError: () => {},
  });
  onTestFinished(() => server.close({ graceMs: 0 }));
  const duplex = await network.dial({});
  const received: string[] = [];
  duplex.start({ onMessage: (text) => received.push(text), onClose: () => {} });
  for (let id = 0; id < 100; id++) duplex.send(`{"method":"late","id":${id}}`);
  const [peer] = server.connections;
  await until('all run', () => peer?.stats.running === 100);
  duplex.hold(true);
  open();
  await until('all are over', () => peer?.stats.running === 0);
  duplex.hold(false);
  await until('all are answered', () => received.length === 100);
  expect(received.filter((text) => text.includes('(maxConnectionBytes)')).length).toBeGreaterThan(50);
});

test('of aliases the latest are kept', async () => {
  const { raw } = await dialledByHand(new Api());
  raw.greet();
  await raw.next();
  for (let id = 0; id < 16_385; id++) raw.send({ method: 'same', id });
  await raw.rest();
  raw.send({ method: '#0.anything', id: 'first' }, { method: '#1.anything', id: 'second' });
  expect(await raw.next()).toMatchObject({ id: 'first', error: { message: 'Request 0 gave no object' } });
  expect(await raw.next()).toMatchObject({ id: 'second', error: { message: "Unknown method 'anything'" } });
});
