import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@bjsonrpc/duplex-suite';
import { type AnyPeer, connect, createServer, currentCall, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';
import { overTransports } from '../../../../test/scenarios/session.ts';
import { failureOf } from '../by-hand/failure-of.ts';
import { runProgram } from './run-program.ts';

/** What a method sees of its call. */
function seen(handler: Handler): unknown[] {
  const { method, id, peer, deadline, signal } = currentCall();
  return [method, typeof id, peer === handler.peer, typeof deadline, signal.aborted];
}

class Streams extends Handler {
  readonly ends: unknown[] = [];

  async *later(): AsyncGenerator<unknown, unknown> {
    yield seen(this);
    yield seen(this);
    await sleep(2);
    yield 'after an await'; // the item's own turn has no context; the next one has it again
    return seen(this);
  }
  *now(): Generator<unknown, unknown> {
    yield seen(this);
    yield seen(this);
    return seen(this);
  }
  async *outer(): AsyncGenerator<unknown, unknown> {
    yield seen(this);
    return yield* this.later();
  }
  *cleaned(): Generator<number> {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      this.ends.push(currentCall().method, currentCall().signal.aborted);
    }
  }
  async *stuck(): AsyncGenerator<string> {
    const { signal } = currentCall();
    signal.addEventListener('abort', () => this.ends.push((signal.reason as Error).name));
    yield 'first';
    await new Promise(() => {});
  }
  lazily(): unknown {
    const self = this;
    return {
      [Symbol.asyncIterator]: () => ({
        of: seen(self),
        async next() {
          return { done: false, value: [this.of, seen(self)] };
        },
      }),
    };
  }
  inside(): unknown {
    return { items: this.later() };
  }
}

async function all(stream: AsyncIterator<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for (;;) {
    const { done, value } = await stream.next();
    items.push(value);
    if (done) return items;
  }
}

overTransports((open) => {
  const context = (method: string): unknown[] => [method, 'string', true, 'number', false];

  test('a generator has its call at its first line, and every time its body goes on', async () => {
    const { client } = await open<Streams>({ api: new Streams() });
    const { pipe } = client.with({ timeout: 10_000 });
    const own = (name: string): unknown[] => [context(name), context(name)];
    expect(await all(pipe.now())).toEqual([...own('now'), context('now')]);
    expect(await all(pipe.later())).toEqual([...own('later'), 'after an await', context('later')]);
    const outer = context('outer');
    expect(await all(pipe.outer())).toEqual([outer, outer, outer, 'after an await', outer]);
    const lazy = pipe.lazily();
    expect((await lazy.next()).value).toEqual([context('lazily'), context('lazily')]);
    await lazy.return();
  });

  test('its clean-up has it too, and the signal tells that nobody wants more', async () => {
    const api = new Streams();
    const { client } = await open<Streams>({ api });
    const stream = client.pipe.cleaned();
    await stream.next();
    await stream.return();
    await until('it is cleaned up', () => api.ends.length === 2);
    expect(api.ends).toEqual(['cleaned', true]);
  });

  test('a stream within a result has the context of the call that iterates it', async () => {
    const { client } = await open<{ inside(): { items: AsyncIterable<unknown[]> } }>({ api: new Streams() });
    const { items } = await client.call.inside();
    const [[method] = []] = (await all(
      items[Symbol.asyncIterator]() as AsyncIterator<unknown[]>,
    )) as unknown[][];
    expect(method).toMatch(/^stream_.*__iter__$/);
  });

  test('whose reader has left gets its signal, and does not run for ever', async () => {
    const api = new Streams();
    const { client, server, emptied } = await open<Streams>({ api });
    const stream = client.pipe.stuck();
    await stream.next();
    await sleep(5); // it waits for what never comes
    expect(server.stats.running).toBe(1);
    await stream.return();
    await emptied();
    expect(api.ends).toEqual(['CancelledError']);
  });

  test('whose connection has ended, too', async () => {
    const api = new Streams();
    const { client, server } = await open<Streams>({ api });
    await client.pipe.stuck().next();
    client.abort();
    await server.closed;
    expect(api.ends).toEqual(['ConnectionClosedError']);
    expect(server.stats.running).toBe(0);
  });
});

class Shared extends Handler {
  readonly peers: AnyPeer[] = [];
  now(): boolean {
    return this.peer === currentCall().peer;
  }
  async later(ms: number): Promise<boolean> {
    const { peer } = currentCall();
    await sleep(ms);
    return this.peer === peer;
  }
  *each(): Generator<boolean> {
    yield this.peer === currentCall().peer;
    yield this.peer === currentCall().peer;
  }
}

test('one handler of two connections: in a call the caller, outside of it an error that says what to do', async () => {
  const api = new Shared();
  const network = memory();
  await using server = await createServer(network, () => api);
  await using one = await connect<Shared>(network);
  expect(await one.call.later(1)).toBe(true);
  await using two = await connect<Shared>(network);
  for (const peer of [one, two, one]) {
    expect(await peer.call.now()).toBe(true);
    expect((await all(peer.pipe.each())).slice(0, 2)).toEqual([true, true]);
    expect(await failureOf(peer.call.later(1))).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('currentCall().peer'),
    });
  }
  expect(() => api.peer).toThrow(/Shared serves several connections, .*currentCall\(\)\.peer/);
  expect(server.connections.size).toBe(2);
});

test('a call whose connection has ended does not find another client in its place', async () => {
  const found: unknown[] = [];
  class Api extends Shared {
    async find(): Promise<void> {
      await sleep(30);
      try {
        found.push(this.peer);
      } catch (error) {
        found.push((error as Error).name);
      }
    }
  }
  const api = new Api();
  const network = memory();
  await using server = await createServer(network, () => api);
  const one = await connect<Api>(network);
  await using two = await connect<Api>(network);
  one.call.find().catch(() => {});
  await two.call.now();
  one.abort();
  await until('it has looked', () => found.length > 0);
  expect(found).toEqual(['TypeError']);
  expect(server.connections.size).toBe(1);
});

test('currentCall() after an await is an error that says what to do', async () => {
  const network = memory();
  await using _server = await createServer(network, () => ({
    later: async () => {
      await sleep(1);
      return currentCall().method;
    },
  }));
  await using peer = await connect<{ later(): Promise<string> }>(network);
  expect(await failureOf(peer.call.later())).toMatchObject({
    name: 'TypeError',
    message: expect.stringContaining('@bjsonrpc/peer/async-context'),
  });
});

test('with the import for it, the call is there after awaits, in timers, and in generators', async () => {
  const { stdout, stderr, code } = await runProgram(`
    import '@bjsonrpc/peer/async-context';
    import { connect, createServer, currentCall, Handler } from '@bjsonrpc/peer';
    import { memory } from '@bjsonrpc/transport-memory';
    import { setTimeout as sleep } from 'node:timers/promises';
    class Api extends Handler {
      async later(name) {
        await sleep(Math.random() * 5);
        const own = currentCall().keywords?.name === name;
        await new Promise((resolve) => setTimeout(resolve, 1));
        return own && currentCall().method === 'later' && this.peer === currentCall().peer;
      }
      async *items() {
        await sleep(1);
        yield currentCall().method;
        await sleep(1);
        yield this.peer === currentCall().peer;
      }
      async nested() {
        const inner = await this.peer.call.ask();
        return [inner, currentCall().method];
      }
    }
    const api = new Api();
    const network = memory();
    await createServer(network, () => api);
    const handler = { ask: async () => { await sleep(1); return currentCall().method; } };
    const peers = [await connect(network, { handler }), await connect(network, { handler })];
    const { kw } = await import('@bjsonrpc/peer');
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => peers[i % 2].call.later('n' + i, kw({ name: 'n' + i }))));
    const items = [];
    for await (const item of peers[1].pipe.items()) items.push(item);
    let outside;
    try { currentCall(); } catch (error) { outside = error.name; }
    console.log(JSON.stringify([all.every(Boolean), items, await peers[0].call.nested(), outside]));
    process.exit(0);
  `);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([true, ['items', true], ['ask', 'nested'], 'TypeError']);
  expect(code).toBe(0);
});
