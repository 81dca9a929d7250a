import { setTimeout as pause } from 'node:timers/promises';
import {
  acp,
  connect,
  createServer,
  Handler,
  jsonrpc2,
  lsp,
  mcp,
  Peer,
  type PeerOptions,
  type RemoteFunction,
} from '@bjsonrpc/peer';
import { memory, memoryPair } from '@bjsonrpc/transport-memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rawFarSide } from '../raw-far-side.ts';

class Counter extends Handler {
  #total = 0;
  add(amount: number): number {
    this.#total += amount;
    return this.#total;
  }
}

class Api extends Handler {
  counter(): Counter {
    return new Counter();
  }
  callBack(fn: RemoteFunction<(n: number) => Promise<number>>): Promise<number> {
    return fn(20);
  }
  *tick(count: number): Generator<number, string> {
    for (let i = 0; i < count; i++) yield i;
    return 'done';
  }
  date(): Date {
    return new Date(0);
  }
}

const both: PeerOptions = { dialect: jsonrpc2, extensions: true };

async function connected(
  client: PeerOptions,
  server: PeerOptions,
): Promise<{ peer: Peer<Api>; wire: string[] }> {
  const transport = memory();
  const wire: string[] = [];
  const listening = await createServer(transport, () => new Api(), { onError: () => {}, ...server });
  const peer = await connect<Api>(transport, { ...client, onWire: ({ text }) => wire.push(text) });
  onTestFinished(async () => {
    await peer.close();
    await listening.close();
  });
  return { peer, wire };
}

test('two of this library that both ask for it have everything within JSON-RPC 2.0', async () => {
  const { peer, wire } = await connected(both, both);
  const counter = await peer.call.counter();
  expect(await counter.call.add(5)).toBe(5);
  using other = peer.call.counter();
  expect(await other.call.add(7)).toBe(7); // pipelined
  expect(await peer.call.callBack((n) => n + 1)).toBe(21);
  const items: number[] = [];
  for await (const item of peer.pipe.tick(200)) items.push(item);
  expect(items).toHaveLength(200);
  expect(await peer.call.date()).toEqual(new Date(0));
  counter.close();
  other.close();
  await expect.poll(() => peer.stats.imported).toBe(0);
  for (const text of wire) expect(text).toMatch(/^\{"jsonrpc":"2\.0",/);
});

test('where only one asks, values are plain, whichever side it is', async () => {
  for (const [client, server] of [
    [both, { dialect: jsonrpc2 }],
    [{ dialect: jsonrpc2 }, both],
    [{ dialect: jsonrpc2 }, { dialect: jsonrpc2 }],
  ] as const) {
    const { peer } = await connected(client, server);
    expect(await peer.call.date()).toBe('1970-01-01T00:00:00.000Z');
    await expect(peer.call.counter()).rejects.toThrow('cannot send an object by reference');
    await expect(peer.call.callBack((n) => n)).rejects.toThrow(
      'cannot send a function: this dialect has plain JSON only',
    );
    expect(peer.stats).toMatchObject({ pending: 0, exported: 0, imported: 0 });
  }
});

test('a client that asks, and a server of the original, on one port', async () => {
  const { peer } = await connected(both, {});
  expect(await peer.call.date()).toBe('1970-01-01T00:00:00.000Z');
});

test('dialects that have no extensions do not take the option', async () => {
  for (const dialect of [lsp, mcp, acp])
    await expect(connect(memory(), { dialect, extensions: true })).rejects.toThrow(TypeError);
  await expect(connect(memory(), { dialect: {} as never })).rejects.toThrow(/dialect must be one of/);
});

describe('towards strangers', () => {
  test('a ping is that of the dialect, and is answered be it published or not', async () => {
    const errors: unknown[] = [];
    const options = { dialect: mcp, onError: (error: unknown) => errors.push(error) };
    const far = rawFarSide({ other: () => ({}) }, options);
    const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    expect(await far.ask(ping)).toBe('{"jsonrpc":"2.0","id":1,"result":{}}');
    const own = rawFarSide({ ping: () => ({ own: true }) }, options);
    expect(await own.ask(ping)).toBe('{"jsonrpc":"2.0","id":1,"result":{"own":true}}');
    const pinged = far.peer.ping();
    expect(await far.next()).toBe(ping);
    far.write('{"jsonrpc":"2.0","id":1,"result":{}}');
    await pinged;
    // Progress that comes too late is nobody's, and no error.
    far.write(
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}',
    );
    expect(await far.ask(ping.replace('"id":1', '"id":2'))).toContain('"id":2');
    expect(errors).toEqual([]);
  });

  test.each([jsonrpc2, lsp, mcp, acp])('no control message is ever sent: $name', async (dialect) => {
    const far = rawFarSide({ ping: () => ({}) }, { dialect, dialled: true, pingInterval: 5 });
    const call = far.peer.call.any?.();
    const { id } = JSON.parse(await far.next());
    await pause(30);
    far.write(JSON.stringify({ jsonrpc: '2.0', id, result: { a: 1 } }));
    await call;
    await far.peer.close();
    expect(far.sent).toHaveLength(1);
  });

  test('a pipe gives the one answer that there is, and ends', async () => {
    const far = rawFarSide(undefined, { dialect: jsonrpc2, dialled: true });
    const items = far.peer.pipe.any?.() as AsyncIterable<unknown>;
    const read = (async () => {
      const all: unknown[] = [];
      for await (const item of items) all.push(item);
      return all;
    })();
    const { id, ...rest } = JSON.parse(await far.next());
    expect(rest).toEqual({ jsonrpc: '2.0', method: 'any' });
    far.write(JSON.stringify({ jsonrpc: '2.0', id, result: [1, 2] }));
    expect(await read).toEqual([[1, 2]]);
    expect(far.peer.stats.pending).toBe(0);
  });

  test('what says itself what it is in JSON is that; what does not is an error', async () => {
    const far = rawFarSide(undefined, { dialect: mcp, dialled: true });
    const { peer } = far;
    class Money {
      toJSON(): unknown {
        return { amount: 5, at: new Date(0) };
      }
    }
    class Endless {
      toJSON(): unknown {
        return this;
      }
    }
    peer.notify.pay?.({ money: new Money(), at: new URL('http://a/'), zero: -0, none: undefined });
    expect(JSON.parse(await far.next()).params).toEqual({
      money: { amount: 5, at: '1970-01-01T00:00:00.000Z' },
      at: 'http://a/',
      zero: 0,
    });
    for (const [value, what] of [
      [new Map(), 'a Map'],
      [1n, 'a BigInt'],
      [new Uint8Array(1), 'a Bytes'],
      [Number.NaN, 'NaN'],
      [Symbol('x'), 'a symbol'],
      [() => {}, 'a function'],
      [new Counter(), 'an object by reference'],
      [Promise.resolve(), 'a Promise'],
      [(async function* () {})(), 'a stream'],
      [new Endless(), 'nested deeper'],
    ] as const)
      await expect(peer.call.pay?.({ value })).rejects.toThrow(what);
    expect(far.sent).toHaveLength(1);
  });

  test('keywords, or a list, not both', async () => {
    const { kw } = await import('@bjsonrpc/peer');
    const [near, there] = memoryPair();
    const sent: string[] = [];
    there.start({ onMessage: (text) => void sent.push(text), onClose: () => {} });
    const peer = new Peer({
      duplex: near,
      options: { dialect: jsonrpc2 },
      info: { transport: 'memory' },
      dialled: true,
      handler: undefined,
    });
    onTestFinished(() => peer.abort());
    peer.notify.f?.(kw({ a: 1 }));
    expect(() => peer.notify.f?.(1, kw({ a: 1 }))).toThrow('takes one or the other');
    await expect.poll(() => sent).toEqual(['{"jsonrpc":"2.0","method":"f","params":{"a":1}}']);
  });
});
