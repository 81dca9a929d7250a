import assert from 'node:assert';
import { inspect, isDeepStrictEqual } from 'node:util';
import { Handler, kw, type Peer } from '@bjsonrpc/peer';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { type ScenarioTransport, transports } from '../../../../test/scenarios/transports.ts';
import { everything, membrane, reactive } from './membrane.ts';

class Account extends Handler {
  balance = 0;
  deposit(amount: number): number {
    return (this.balance += amount);
  }
  *history(): Generator<number> {
    yield 1;
    yield 2;
  }
}

class Bank extends Handler {
  readonly #first = new Account();
  open(): Account {
    return new Account();
  }
  first(): Account {
    return this.#first;
  }
  isFirst(account: unknown): boolean {
    return account === this.#first;
  }
  double(): (n: number) => number {
    return (n) => 2 * n;
  }
  items(): { all: AsyncIterable<number> } {
    return {
      all: (async function* () {
        yield 1;
      })(),
    };
  }
  add(a: number, b: number): number {
    return a + b;
  }
  apply(fn: (...args: number[]) => number, ...args: number[]): number {
    return fn(...args);
  }
  static override readonly parameters = { named: ['a', 'b'] };
  named(a: unknown, b: unknown): unknown[] {
    return [a, b];
  }
}

const memory = transports[0] as ScenarioTransport;

async function open() {
  const rejected: unknown[] = [];
  const onRejection = (error: unknown): void => void rejected.push(error);
  process.on('unhandledRejection', onRejection);
  onTestFinished(() => void process.off('unhandledRejection', onRejection));
  const session = await openSession<Bank, unknown>(memory, { api: new Bank() });
  const { client } = session;
  const account = await client.call.first();
  const double = await client.call.double();
  const { all } = await client.call.items();
  const proxies: { readonly [name: string]: unknown } = {
    peer: client,
    'peer.call': client.call,
    'peer.notify': client.notify,
    'peer.pipe': client.pipe,
    'peer.method': client.method,
    'peer.call.add': client.call.add,
    'peer.call.math.add': (client as unknown as Peer).call.math?.add,
    'peer.with()': client.with({ timeout: 5000 }).call,
    account,
    'account.call': account.call,
    'account.call.deposit': account.call.deposit,
    'promise.call': client.call.first().call,
    double,
    all,
  };
  return { ...session, account, double, all, proxies, rejected };
}

/** What programs and tools do to any value. */
const looks: { readonly [name: string]: (proxy: unknown) => unknown } = {
  String,
  template: (proxy) => `${proxy}`,
  sum: (proxy) => `${proxy as string}`.concat(proxy as string),
  compare: (proxy) => (proxy as number) < 1,
  inspect,
  'inspect in something': (proxy) => inspect({ deep: [proxy] }, { depth: 10, showHidden: true }),
  'inspect without custom ones': (proxy) => inspect(proxy, { customInspect: false }),
  'inspect with proxies shown': (proxy) => inspect(proxy, { showProxy: true }),
  'console.log': (proxy) => {
    const log = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    console.log(proxy, [proxy]);
    log.mockRestore();
  },
  JSON: (proxy) => JSON.stringify({ proxy }),
  'Object.keys': (proxy) => Object.keys(proxy as object),
  'Object.entries': (proxy) => Object.entries(proxy as object),
  'Object.prototype.toString': (proxy) => Object.prototype.toString.call(proxy),
  'for in': (proxy) => {
    for (const key in proxy as object) void key;
  },
  spread: (proxy) => ({ ...(proxy as object) }),
  'rest of a pattern': (proxy) => {
    const { ...rest } = proxy as object;
    return rest;
  },
  structuredClone: (proxy) => {
    try {
      structuredClone(proxy);
    } catch (error) {
      expect((error as Error).name).toBe('DataCloneError'); // no function can be cloned
    }
  },
  toEqual: (proxy) => expect(proxy).toEqual(proxy),
  'not.toEqual': (proxy) => expect(proxy).not.toEqual({ some: 'thing' }),
  'a failing toEqual': (proxy) => expect(() => expect(proxy).toEqual({ some: 'thing' })).toThrow(/some/),
  'a failing toStrictEqual': (proxy) =>
    expect(() => expect({ some: 'thing' }).toStrictEqual(proxy)).toThrow(/some/),
  toMatchObject: (proxy) => expect({ proxy }).toMatchObject({ proxy }),
  'assert.deepStrictEqual': (proxy) => assert.deepStrictEqual(proxy, proxy),
  'a failing assert': (proxy) => assert.throws(() => assert.deepStrictEqual(proxy, { some: 'thing' })),
  'a failing assert the other way': (proxy) =>
    assert.throws(() => assert.deepEqual({ some: 'thing' }, proxy)),
  isDeepStrictEqual: (proxy) => isDeepStrictEqual(proxy, { proxy }),
  'a promise of it': async (proxy) => expect(await Promise.resolve([proxy])).toEqual([proxy]),
  await: async (proxy) => expect(await proxy).toBe(proxy),
  'in an Error': (proxy) => new Error(`${inspect(proxy)}`, { cause: proxy }),
  'as a key': (proxy) => new Map([[proxy, { [String(proxy)]: 1 }]]),
  instanceof: (proxy) => proxy instanceof Map || proxy instanceof Promise || proxy instanceof Handler,
  'Array.isArray': (proxy) => Array.isArray(proxy) || ArrayBuffer.isView(proxy),
};

test.each(Object.keys(looks))('looking at a proxy sends nothing and throws nothing: %s', async (name) => {
  const { proxies, client, rejected, account, double, all } = await open();
  await client.ping();
  const { messagesOut } = client.stats;
  for (const [which, proxy] of Object.entries(proxies)) {
    try {
      await looks[name]?.(proxy);
    } catch (error) {
      throw new Error(`${name} of ${which}`, { cause: error });
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([client.stats.messagesOut, rejected]).toEqual([messagesOut, []]);
  for (const proxy of [account, double, all]) proxy.close();
});

test('inspected, a proxy says what it is', async () => {
  const { client, account, double, all, proxies } = await open();
  expect(inspect(account)).toMatch(/^RemoteObject account_[0-9a-f]{4}$/);
  expect(`${account}`).toBe(inspect(account));
  expect(inspect(double)).toMatch(/^RemoteFunction function_[0-9a-f]{4}$/);
  expect(inspect(all)).toMatch(/^RemoteIterable stream_[0-9a-f]{4}$/);
  expect(inspect(client)).toBe('Peer (memory)');
  expect(inspect(client.call)).toBe('[call: the methods of the other side]');
  expect(inspect(account.notify)).toMatch(/^\[notify: the methods of account_[0-9a-f]{4}\]$/);
  expect(inspect(proxies['peer.call.math.add'])).toBe('[the remote method math.add]');
  for (const proxy of [account, double, all]) proxy.close();
  expect(inspect(account)).toMatch(/^RemoteObject account_/);
});

test('two remote objects are never equal, however one looks', async () => {
  const one = await open();
  const two = await open();
  const other = await one.client.call.open();
  for (const [a, b] of [
    [one.account, other],
    [one.account, two.account], // of the same name on two connections
    [one.client, two.client],
    [one.double, two.double],
    [one.all, two.all],
    [one.client.call.add, two.client.call.add],
  ]) {
    expect(a).not.toEqual(b);
    expect({ a }).not.toEqual({ a: b });
    expect([a]).not.toStrictEqual([b]);
    expect(isDeepStrictEqual(a, b)).toBe(false);
    assert.notDeepStrictEqual([a], [b]);
    assert.notDeepEqual([a], [b]);
    const keys = Object.keys(a as object);
    expect(keys.length > 0 || typeof a === 'function').toBe(true); // for tools that look at nothing else
  }
  expect(await one.client.call.first()).toBe(one.account);
  other.close();
  for (const { account, double, all } of [one, two])
    for (const proxy of [account, double, all]) proxy.close();
});

describe.each([
  ['a Proxy without traps', <T>(value: T): T => new Proxy(value as object, {}) as T],
  ['a reactive one', <T>(value: T): T => membrane(value, reactive)],
  ['a membrane around everything', <T>(value: T): T => membrane(value, everything)],
] as const)('behind %s', (_, wrap) => {
  test('peers and objects do all that they do', async () => {
    const { client, account: bare, double: bareDouble, all } = await open();
    const peer = wrap(client);
    const state = wrap({ peer: client, account: bare, double: bareDouble, all });
    for (const { call } of [peer, state.peer, peer.with({ timeout: 5000 })])
      expect(await call.add(1, 2)).toBe(3);
    expect(await peer.method.add(1, 2).value).toBe(3);
    expect(await peer.call.named(1, kw({ b: 2 }))).toEqual([1, 2]);
    peer.notify.add(1, 2);
    await peer.ping();
    expect((await peer.describe()).methods.map(({ name }) => name)).toContain('add');
    expect((await peer.describe(state.account)).methods.map(({ name }) => name)).toContain('deposit');
    expect(peer.stats.pending).toBe(0);
    expect(peer.info.transport).toBe('memory');
    await peer.drain();
    for (const account of [wrap(bare), state.account]) {
      expect(await account.call.deposit(0)).toBe(0);
      expect(await account.with({ timeout: 5000 }).call.deposit(0)).toBe(0);
      expect(await client.call.isFirst(account as never)).toBe(true);
      expect(await peer.call.isFirst(account as never)).toBe(true);
      expect(await client.call.isFirst([account][0] as never)).toBe(true);
      const items: number[] = [];
      for await (const item of account.pipe.history()) items.push(item);
      expect(items).toEqual([1, 2]);
      account.onBroken(() => {})[Symbol.dispose]();
      expect(account.retain()).toBeDefined();
      expect(`${account}`).toBe(`${bare}`);
    }
    expect(await state.double(4)).toBe(8);
    expect(await peer.call.apply(peer.call.add as never, 1, 2)).toBe(3);
    expect(await peer.call.apply(state.double as never, 5)).toBe(10);
    const iterated: number[] = [];
    for await (const item of state.all) iterated.push(item);
    expect(iterated).toEqual([1]);
    state.double.close();
    state.account.close();
    await expect.poll(() => client.stats.imported).toBe(0);
    await peer.close();
    expect((await peer.closed).by).toBe('here');
  });
});

test('what a call gives can be kept in a reactive object', async () => {
  const { client, account, double, all } = await open();
  const state = membrane(
    {
      calls: client.with({ timeout: 5000 }),
      history: account.pipe.history(),
      request: client.method.add(1, 2),
    },
    reactive,
  );
  expect(await state.calls.call.add(3, 4)).toBe(7);
  expect(await state.request.value).toBe(3);
  expect([state.request.hasResponse, typeof state.request.id]).toEqual([true, 'number']);
  const items: number[] = [];
  for await (const item of state.history) items.push(item);
  expect(items).toEqual([1, 2]);
  for (const proxy of [account, double, all]) proxy.close();
});
