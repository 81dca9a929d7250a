import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createServer, Handler, type Peer, type Server } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { describe, expect, test } from 'vitest';
import { type ScenarioTransport, transports } from '../../../../test/scenarios/transports.ts';
import { failureOf } from '../by-hand/failure-of.ts';

let server: Server;
let onSaved = (): void => {};

/** Methods that close what they are called over. */
class Api extends Handler {
  async stopFirst(): Promise<string> {
    void server.close();
    await sleep(10);
    return 'saved';
  }
  async saveFirst(): Promise<string> {
    await sleep(5);
    void server.close();
    await sleep(10);
    return 'saved';
  }
  stopNow(): string {
    void server.close();
    return 'saved';
  }
  closePeer(): string {
    void this.peer.close();
    return 'saved';
  }
  throwing(): never {
    void this.peer.close();
    throw new RangeError('not saved');
  }
  *stream(): Generator<number> {
    void this.peer.close();
    yield 1;
    yield 2;
  }
  async slowly(ms: number): Promise<string> {
    await sleep(ms);
    onSaved();
    return 'saved';
  }
  async awaitClose(): Promise<string> {
    // It waits for itself: the grace ends it.
    await this.peer.close({ graceMs: 30 });
    return 'never told';
  }
}

async function open(transport: ScenarioTransport): Promise<Peer<Api>> {
  const { listener, dialler } = transport.open();
  server = await createServer(listener, () => new Api());
  return await connect<Api>(dialler(server.address));
}

describe.each(transports)('over $name', (transport) => {
  test.each(['saveFirst', 'stopFirst', 'stopNow', 'closePeer'] as const)(
    '%s: a method that closes answers first',
    async (method) => {
      for (const warm of [false, true]) {
        const peer = await open(transport);
        if (warm) await peer.ping();
        expect(await peer.call[method]()).toBe('saved');
        expect(await peer.closed).toEqual({ by: 'there', error: undefined });
        await server.close();
      }
    },
  );

  test('one that throws or streams has its answers, too', async () => {
    let peer = await open(transport);
    expect(await failureOf(peer.call.throwing())).toMatchObject({ name: 'RangeError', message: 'not saved' });
    await server.close();
    peer = await open(transport);
    const items: number[] = [];
    for await (const item of peer.pipe.stream()) items.push(item);
    expect(items).toEqual([1, 2]);
    await server.close();
  });

  test('one that awaits the close that waits for it ends with the grace', async () => {
    const peer = await open(transport);
    const error = await failureOf(peer.call.awaitClose());
    expect(error).toMatchObject({ name: 'ConnectionClosedError', sent: true });
    await server.close();
  });

  test('a server that closes waits for what runs, and refuses what comes: that it did not run is known', async () => {
    const peer = await open(transport);
    await peer.ping();
    const running = peer.call.slowly(30);
    await peer.ping();
    const closing = server.close();
    const late = await failureOf(peer.call.slowly(0));
    expect(late).toMatchObject({ name: 'ConnectionClosedError', code: -32005, sent: false });
    expect(await running).toBe('saved');
    await closing;
    expect(await peer.closed).toEqual({ by: 'there', error: undefined });
  });

  test('a client that closes does not lose what it was asked, either', async () => {
    const { listener, dialler } = transport.open();
    const own = await createServer<Api>(listener, () => ({ hello: () => 'hello' }));
    const client = await connect<{ hello(): string }>(dialler(own.address), { handler: new Api() });
    await client.call.hello();
    const [peer] = own.connections as unknown as Iterable<Peer<Api>>;
    const running = peer?.call.slowly(20);
    await peer?.ping();
    const closing = client.close();
    expect(await running).toBe('saved');
    await closing;
    await own.close();
  });
});

test.each([
  ['memory', () => memory()],
  ['tcp', () => tcp({ port: 0 })],
] as const)(
  'a connection whose factory is pending ends with the server, and what it asked for did not run: %s',
  async (name, make) => {
    const network = make();
    const asked: string[] = [];
    const own = await createServer(network, async (info) => {
      asked.push(info.transport);
      return await new Promise<object>(() => {});
    });
    const dial = name === 'memory' ? network : tcp({ port: own.address.port as number });
    const peers = await Promise.all([connect(dial), connect(dial), connect(dial)]);
    await expect.poll(() => asked.length).toBe(3);
    const calls = peers.map((peer) => failureOf(peer.call.save?.(1) as Promise<unknown>));
    await sleep(5);
    await own.close();
    for (const error of await Promise.all(calls))
      expect(error).toMatchObject({ name: 'ConnectionClosedError', sent: false });
    for (const peer of peers) expect(await peer.closed).toEqual({ by: 'there', error: undefined });
  },
);

test('a factory that answers after the server has closed makes no connection', async () => {
  const network = memory();
  let answer: (handler: object) => void = () => {};
  const own = await createServer(network, () => new Promise<object>((resolve) => (answer = resolve)));
  const opened: string[] = [];
  class Late extends Handler {
    protected override onOpen(): void {
      opened.push('open');
    }
  }
  const peer = await connect(network);
  await own.close();
  answer(new Late());
  await peer.closed;
  await sleep(5);
  expect(opened).toEqual([]);
  expect(own.connections.size).toBe(0);
});

test('the saved state is there when the close has resolved', async () => {
  const saved: string[] = [];
  onSaved = () => saved.push('saved');
  const peer = await open(transports[0] as ScenarioTransport);
  const running = peer.call.slowly(20);
  await peer.ping();
  await server.close();
  expect(saved).toEqual(['saved']);
  expect(await running).toBe('saved');
  onSaved = () => {};
});
