import type { AddressInfo } from 'node:net';
import { connect, createServer, jsonrpc2, type Peer, type Server } from '@bjsonrpc/peer';
import { ws } from '@bjsonrpc/transport-ws';
import { Client, Server as TheirServer } from 'rpc-websockets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Calculator, OwnCalculator } from './calculator.ts';
import { patiently } from './patience.ts';

/** What is told when that happens next. */
function heardOf(
  emitter: { once(event: string, listener: (...args: unknown[]) => void): unknown },
  event: string,
): Promise<unknown[]> {
  return new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));
}

describe('their server, our client', () => {
  interface Theirs extends Calculator {
    'rpc.on'(...events: string[]): { [event: string]: string };
    none(): void;
    undefined(): void;
  }
  let server: TheirServer;
  let peer: Peer<Theirs>;
  const told: unknown[] = [];
  const errors: unknown[] = [];

  beforeAll(async () => {
    server = new TheirServer({ port: 0, host: '127.0.0.1' });
    await heardOf(server, 'listening');
    const register = (name: string, run: (...args: never[]) => unknown): void => {
      server.register(name, (params) => run(...((params ?? []) as never[])));
    };
    register('add', (a: number, b: number) => a + b);
    register('echo', (value: unknown) => value);
    register('nothing', () => null);
    register('undefined', () => undefined);
    register('fail', () => {
      throw { code: 4001, message: 'it failed', data: { why: ['so'] } };
    });
    register('slow', async (ms: number) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return `after ${ms}`;
    });
    register('tell', (value: unknown) => told.push(value));
    server.event('news');
    const { port } = server.wss.address() as AddressInfo;
    peer = await connect<Theirs>(ws(`ws://127.0.0.1:${port}/`), {
      dialect: jsonrpc2,
      onError: (error) => errors.push(error),
    });
  });
  afterAll(async () => {
    await peer.close();
    await server.close();
  });

  test('calls and errors', async () => {
    expect(await peer.call.add(2, 3)).toBe(5);
    expect(await peer.call.nothing()).toBe(null);
    expect(await peer.call.echo({ text: 'é'.repeat(500_000) })).toEqual({ text: 'é'.repeat(500_000) });
    const all = Array.from({ length: 200 }, (_, i) => peer.call.add(i, i));
    expect(await Promise.all(all)).toEqual(all.map((_, i) => 2 * i));
    const expected = { code: 4001, message: 'it failed', data: { why: ['so'] } };
    await expect(peer.call.fail()).rejects.toMatchObject(expected);
    await expect(peer.call.none()).rejects.toMatchObject({ code: -32601 });
  });

  test('an answer with neither result nor error settles its call', async () => {
    await expect(peer.call.undefined()).rejects.toMatchObject({ code: -32600 });
  });

  test('an unknown notification is answered by an error that names no request: nobody fails by it', async () => {
    const slow = peer.call.slow(20);
    peer.notify.none();
    expect(await slow).toBe('after 20');
    await expect.poll(() => peer.stats.stray, patiently).toBe(1);
  });

  test('nor does a batch of which it is a part', async () => {
    const sums = peer.batch(() => {
      peer.notify.none();
      return Promise.all([peer.call.add(1, 1), peer.call.add(2, 2)]);
    });
    expect(await sums).toEqual([2, 4]);
  });

  test('nor one that is on its way', async () => {
    const slow = peer.batch(() => Promise.all([peer.call.slow(30), peer.call.add(2, 2)]));
    peer.notify.none();
    expect(await slow).toEqual(['after 30', 4]);
  });

  test('a batch', async () => {
    const { messagesIn } = peer.stats;
    const [sum, failed] = await Promise.allSettled(
      peer.batch(() => [peer.call.add(1, 1), peer.call.fail(), peer.notify.tell('batch')]),
    );
    expect(sum).toEqual({ status: 'fulfilled', value: 2 });
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 4001 } });
    expect(peer.stats.messagesIn - messagesIn).toBe(1);
    expect(told).toEqual(['batch']);
  });

  test('its events are no JSON-RPC: they are told of, and do not close the connection', async () => {
    expect(await peer.call['rpc.on']('news')).toEqual({ news: 'ok' });
    const before = errors.length;
    for (let i = 0; i < 70; i++) server.emit('news', i);
    expect(await peer.call.add(1, 1)).toBe(2);
    await expect.poll(() => peer.stats.invalid, patiently).toBe(70);
    expect(errors.length).toBeGreaterThan(before);
    expect(await peer.call.add(1, 1)).toBe(2);
  });
});

describe.each([
  ['its own dialect', {}],
  ['theirs', { dialect: jsonrpc2 }],
])('our server in %s, their client', (_, options) => {
  let server: Server<Calculator>;
  let client: Client;
  const handler = new OwnCalculator();
  const errors: unknown[] = [];

  beforeAll(async () => {
    server = await createServer<Calculator>(ws({ port: 0 }), () => handler, {
      ...options,
      onError: (error) => errors.push(error),
    });
    client = new Client(`ws://127.0.0.1:${server.address.port}`, { reconnect: false });
    await heardOf(client, 'open');
  });
  afterAll(async () => {
    client.close();
    await server.close();
  });

  test('calls and errors', async () => {
    expect(await client.call('add', [2, 3])).toBe(5);
    expect(await client.call('add', { b: 2, a: 3 })).toBe(5);
    expect(await client.call('nothing')).toBe(null);
    const all = Array.from({ length: 200 }, (_, i) => client.call('add', [i, i]));
    expect(await Promise.all(all)).toEqual(all.map((_, i) => 2 * i));
    const failed = await client.call('fail').catch((error) => error);
    expect(failed).toEqual({ code: 4001, message: 'it failed', data: { why: ['so'] } });
    expect(await client.call('none').catch((error) => error)).toMatchObject({ code: -32601 });
  });

  test('notifications both ways', async () => {
    await client.notify('tell', ['one'] as never);
    await expect.poll(() => handler.told, patiently).toEqual(['one']);
    const heard = heardOf(client, 'tell');
    const [peer] = server.connections;
    peer?.notify.tell({ a: 1 });
    expect(await heard).toEqual([[{ a: 1 }]]);
    await client.notify('none');
    await expect.poll(() => errors.length, patiently).toBe(1); // unknown: nobody but this side is told
    expect(await client.call('add', [1, 1])).toBe(2);
  });
});
