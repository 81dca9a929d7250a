import { once } from 'node:events';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { connect, createServer, Handler, jsonrpc2, type Peer, type Server } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import jayson from 'jayson';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Calculator, OwnCalculator } from './calculator.ts';
import { patiently } from './patience.ts';

type Client = ReturnType<typeof jayson.Client.tcp>;

/** One call of theirs: a connection of its own. */
function ask(client: Client, method: string, params?: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.request(
      method,
      params as [],
      (error: unknown, response: { result?: unknown; error?: unknown }) => {
        if (error) reject(error);
        else if (response.error) reject(response.error);
        else resolve(response.result);
      },
    );
  });
}

function batch(client: Client, ...calls: readonly object[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    client.request(calls as [], (error: unknown, answers: unknown[] = []) => {
      if (error) reject(error);
      else resolve(answers);
    });
  });
}

const request = (id: unknown, method: string, params: readonly unknown[]): object => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});

describe('their server, our client', () => {
  let server: NetServer;
  let peer: Peer<Calculator>;
  const told: unknown[] = [];

  beforeAll(async () => {
    type Done = (error: unknown, result?: unknown) => void;
    server = new jayson.Server({
      add: ([a, b]: [number, number], done: Done) => done(null, a + b),
      echo: ([value]: [unknown], done: Done) => done(null, value),
      nothing: (_: unknown, done: Done) => done(null, null),
      fail: (_: unknown, done: Done) => done({ code: 4001, message: 'it failed', data: { why: ['so'] } }),
      slow: ([ms]: [number], done: Done) => setTimeout(() => done(null, `after ${ms}`), ms),
      tell: ([value]: [unknown], done: Done) => {
        told.push(value);
        done(null);
      },
    } as never).tcp();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    peer = await connect<Calculator>(tcp({ port }), { dialect: jsonrpc2 });
  });
  afterAll(async () => {
    await peer.close();
    server.close();
  });

  test('calls', async () => {
    expect(await peer.call.add(2, 3)).toBe(5);
    expect(await peer.call.nothing()).toBe(null);
    const value = { __jsonclass__: ['Date', []], nested: [{ a: null }], text: 'é😀\n' };
    expect(await peer.call.echo(value)).toEqual(value);
    const all = Array.from({ length: 200 }, (_, i) => peer.call.add(i, i));
    expect(await Promise.all(all)).toEqual(all.map((_, i) => 2 * i));
  });

  test('a megabyte', async () => {
    const text = 'é'.repeat(500_000);
    expect(await peer.call.echo(text)).toBe(text);
  });

  test('errors, with their codes and data', async () => {
    await expect(peer.call.fail()).rejects.toMatchObject({
      code: 4001,
      message: 'it failed',
      data: { why: ['so'] },
    });
    const unknown = (peer as unknown as Peer<{ none(): void }>).call.none();
    await expect(unknown).rejects.toMatchObject({ name: 'MethodNotFoundError', code: -32601 });
  });

  test('a notification has no answer', async () => {
    peer.notify.tell('one');
    peer.notify.tell('two');
    expect(await peer.call.add(1, 1)).toBe(2);
    expect(told).toEqual(['one', 'two']);
    expect(peer.stats.stray).toBe(0);
  });

  test('a batch is one message, and each call its own promise', async () => {
    const { messagesIn, messagesOut } = peer.stats;
    const outcomes = await Promise.allSettled(
      peer.batch(() => {
        const slow = peer.call.slow(20);
        const failed = peer.call.fail();
        peer.notify.tell('three');
        return [slow, failed, peer.call.add(2, 2)];
      }),
    );
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: 'after 20' },
      { status: 'rejected', reason: expect.objectContaining({ code: 4001 }) },
      { status: 'fulfilled', value: 4 },
    ]);
    expect(told.at(-1)).toBe('three');
    expect(peer.stats.messagesIn - messagesIn).toBe(1);
    expect(peer.stats.messagesOut - messagesOut).toBe(1);
  });

  test('a batch of notifications alone has no answer', async () => {
    const { messagesIn } = peer.stats;
    peer.batch(() => {
      peer.notify.tell('four');
      peer.notify.tell('five');
    });
    expect(await peer.call.add(1, 1)).toBe(2);
    expect(told.slice(-2)).toEqual(['four', 'five']);
    expect(peer.stats.messagesIn - messagesIn).toBe(1);
  });
});

describe('our server, their client', () => {
  class Old extends Handler {
    add(a: number, b: number): number {
      return a + b;
    }
  }

  describe.each([
    ['in its own dialect', {}],
    ['in theirs', { dialect: jsonrpc2 }],
  ])('%s', (_, options) => {
    let server: Server;
    let client: Client;
    const handler = new OwnCalculator();
    const errors: unknown[] = [];

    beforeAll(async () => {
      const onError = (error: unknown): number => errors.push(error);
      server = await createServer(tcp({ port: 0 }), () => handler, { ...options, onError });
      client = jayson.Client.tcp({ host: '127.0.0.1', port: server.address.port ?? 0 });
    });
    afterAll(() => server.close());

    test('calls, positional and by name, their ids being texts', async () => {
      expect(await ask(client, 'add', [2, 3])).toBe(5);
      expect(await ask(client, 'add', { b: 3, a: 4 })).toBe(7);
      expect(await ask(client, 'nothing', [])).toBe(null);
      const value = { __remoteobject__: 'x', nested: [{ a: null }], text: 'é😀\n' };
      expect(await ask(client, 'echo', [value])).toEqual(value);
    });

    test('a megabyte', async () => {
      const text = 'é'.repeat(500_000);
      expect(await ask(client, 'echo', [text])).toBe(text);
    });

    test('errors', async () => {
      expect(await ask(client, 'fail', []).catch((error) => error)).toEqual({
        code: 4001,
        message: 'it failed',
        data: { why: ['so'] },
      });
      expect(await ask(client, 'none', []).catch((error) => error)).toMatchObject({ code: -32601 });
    });

    test('a batch is answered as one', async () => {
      const answers = await batch(
        client,
        request('a', 'slow', [20]),
        request(0, 'add', [1, 1]),
        { jsonrpc: '2.0', method: 'tell', params: ['batch'] },
        request('', 'fail', []),
      );
      expect(answers).toHaveLength(3);
      expect(answers).toEqual(
        expect.arrayContaining([
          { jsonrpc: '2.0', id: 'a', result: 'after 20' },
          { jsonrpc: '2.0', id: 0, result: 2 },
          { jsonrpc: '2.0', id: '', error: { code: 4001, message: 'it failed', data: { why: ['so'] } } },
        ]),
      );
      expect(handler.told).toContain('batch');
    });

    test('a notification, after which it leaves', async () => {
      client.request('tell', ['alone'], null, () => {});
      await expect.poll(() => handler.told, patiently).toContain('alone');
      await expect.poll(() => server.connections.size, patiently).toBe(0);
      expect(errors).toEqual([]);
    });
  });

  test('one port serves them and those who speak the original, side by side', async () => {
    const server = await createServer(tcp({ port: 0 }), () => new Old());
    onTestFinished(() => server.close());
    const { port = 0 } = server.address;
    const client = jayson.Client.tcp({ host: '127.0.0.1', port });
    const first = jayson.Client.tcp({ host: '127.0.0.1', port, version: 1 });
    await using extended = await connect<Old>(tcp({ port }));
    await using plain = await connect<Old>(tcp({ port }), { extensions: false });
    await using strict = await connect<Old>(tcp({ port }), { dialect: jsonrpc2 });
    const sums = await Promise.all([
      ask(client, 'add', [1, 1]),
      ask(first, 'add', [1, 2]),
      extended.call.add(1, 3),
      plain.call.add(1, 4),
      strict.call.add(1, 5),
    ]);
    expect(sums).toEqual([2, 3, 4, 5, 6]);
  });
});
