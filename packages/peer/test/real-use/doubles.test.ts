import { Handler, type Peer } from '@bjsonrpc/peer';
import { describe, expect, test, vi } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { type ScenarioTransport, transports } from '../../../../test/scenarios/transports.ts';

class Account extends Handler {
  balance(): number {
    return 10;
  }
}

const api = {
  add: (a: number, b: number) => a + b,
  open: () => new Account(),
  math: { add: (a: number, b: number) => a + b },
};

async function open() {
  const { client } = await openSession<typeof api, unknown>(transports[0] as ScenarioTransport, { api });
  const account = await client.call.open();
  return { client, account };
}

type Method = (...args: never[]) => unknown;

describe.each([false, true])('in the place of a method, used before: %s', (isUsed) => {
  test.each(['peer', 'namespace', 'object'] as const)('of a %s', async (where) => {
    const { client, account } = await open();
    const methods = { peer: client.call, namespace: client.call.math, object: account.call }[
      where
    ] as unknown as {
      [name: string]: Method;
    };
    const name = where === 'object' ? 'balance' : 'add';
    const call = async (): Promise<unknown> => await (methods[name] as (...args: number[]) => unknown)(1, 2);
    const real = where === 'object' ? 10 : 3;
    if (isUsed) expect(await call()).toBe(real);

    const watching = vi.spyOn(methods, name);
    expect(await call()).toBe(real);
    expect(watching.mock.calls).toEqual([[1, 2]]);
    watching.mockReturnValueOnce('once' as never);
    expect([await call(), await call()]).toEqual(['once', real]);
    watching.mockRestore();
    expect(await call()).toBe(real);
    expect(vi.isMockFunction(methods[name])).toBe(false);

    const inPlace = vi.spyOn(methods, name).mockImplementation(() => 'double');
    expect(await call()).toBe('double');
    inPlace.mockRestore();
    expect(await call()).toBe(real);

    methods[name] = () => 'assigned';
    expect(await call()).toBe('assigned');
    delete methods[name];
    expect(await call()).toBe(real);

    Object.defineProperty(methods, name, { value: () => 'defined', configurable: true, writable: true });
    expect(await call()).toBe('defined');
    delete methods[name];
    expect(await call()).toBe(real);
    account.close();
  });

  test('of one kind of call alone', async () => {
    const { client, account } = await open();
    if (isUsed) await client.method.add(1, 2).value;
    const notify = vi.spyOn(client.notify, 'add').mockReturnValue(undefined);
    client.notify.add(5, 6);
    expect(notify).toHaveBeenCalledWith(5, 6);
    expect(await client.call.add(1, 2)).toBe(3);
    expect(await client.method.add(1, 2).value).toBe(3);
    notify.mockRestore();
    const ping = vi.spyOn(client, 'ping').mockResolvedValue();
    await client.ping();
    ping.mockRestore();
    const close = vi.spyOn(account, 'close');
    account.close();
    expect(close).toHaveBeenCalledOnce();
  });
});

/** What every function, and every object, has under these names is not in the way. */
const names = [
  'apply',
  'call',
  'bind',
  'name',
  'length',
  'toString',
  'toLocaleString',
  'valueOf',
  'constructor',
  'prototype',
  'arguments',
  'caller',
  'hasOwnProperty',
  'isPrototypeOf',
  'inspect',
  'nodeType',
  'get',
  'set',
  'has',
  'keys',
  'next',
  'return',
  'catch',
  'finally',
  'close',
  'with',
  'peer',
  'notify',
  'pipe',
  'method',
  '0',
  'größe',
];

describe('a method may have any name', () => {
  const named = Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => [name, ...args]]));

  test.each(names)('%s: of a peer, in a namespace, with all four kinds of call', async (name) => {
    const { client } = await openSession<unknown, unknown>(transports[0] as ScenarioTransport, {
      api: { ...named, deep: { er: { ...named, own: () => 1 } } },
    });
    const peer = client as Peer;
    for (const kind of ['call', 'method', 'pipe'] as const) {
      for (const table of [peer[kind], peer[kind].deep?.er] as unknown as { [name: string]: Method }[]) {
        const given = (table[name] as (...args: unknown[]) => unknown)(1, 'x');
        const value =
          kind === 'call'
            ? await given
            : kind === 'method'
              ? await (given as { value: unknown }).value
              : ((await (given as AsyncIterator<unknown>).next()).value as unknown);
        expect(value).toEqual([name, 1, 'x']);
        if (kind === 'pipe') await (given as AsyncIterator<unknown>).return?.();
      }
    }
    const inside = peer.call.deep?.er as unknown as { [name: string]: Method };
    inside[name] = () => 'double';
    expect((inside[name] as () => unknown)()).toBe('double');
    delete inside[name];
    expect(await (inside[name] as () => unknown)()).toEqual([name]);
    expect(await peer.call.deep?.er?.own?.()).toBe(1);
  });

  test('of an object, as its class allows', async () => {
    class Odd extends Handler {
      apply(): string {
        return 'apply';
      }
      name(): string {
        return 'name';
      }
      length(): string {
        return 'length';
      }
      call(): string {
        return 'call';
      }
      override toString(): string {
        return 'toString';
      }
    }
    const { client } = await openSession<{ odd(): Odd }, unknown>(transports[0] as ScenarioTransport, {
      api: { odd: () => new Odd() },
    });
    const odd = await client.call.odd();
    const { call } = odd as unknown as { call: { [name: string]: () => Promise<string> } };
    for (const name of ['apply', 'name', 'length', 'call', 'toString'])
      expect(await call[name]?.()).toBe(name);
    odd.close();
  });

  test('but for what the language asks of every value: it is never a method', async () => {
    const { client } = await openSession<unknown, unknown>(transports[0] as ScenarioTransport, {
      api: { toJSON: () => 1 },
    });
    const peer = client as Peer;
    for (const name of ['then', 'toJSON', 'asymmetricMatch', '$$typeof', '@@iterator']) {
      expect(peer.call[name]).toBeUndefined();
      expect((peer.call.deep as unknown as { [name: string]: unknown })[name]).toBeUndefined();
    }
  });
});
