import { until } from '@bjsonrpc/duplex-suite';
import { Handler, type Peer, type RemoteObject, RpcError } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { overTransports } from './session.ts';

/** The most items on their way or waiting: the window, and the credit that its reader grants in halves. */
const WINDOW = 64;

/** A producer that counts what it has given, and whether it was told to stop. */
class Source extends Handler {
  produced = 0;
  finished = 0;

  async *count(n: number): AsyncGenerator<number, string> {
    try {
      for (let i = 0; i < n; i++) {
        this.produced++;
        yield i;
      }
      return 'the end';
    } finally {
      this.finished++;
    }
  }
  *holes(): Generator<unknown> {
    yield* [1, undefined, null, [undefined]];
  }
  *sync(n: number): Generator<number, string> {
    for (let i = 0; i < n; i++) yield i;
    return 'the end';
  }
  async *failing(): AsyncGenerator<number> {
    yield 1;
    throw new RpcError('the well is dry', { code: 7, data: { litres: 0 } });
  }
  web(n: number): ReadableStream<number> {
    let i = 0;
    return new ReadableStream({
      pull: (controller) => (i < n ? controller.enqueue(i++) : controller.close()),
      cancel: () => {
        this.finished++;
      },
    });
  }
  five(): number {
    return 5;
  }
  async *silent(): AsyncGenerator<number> {
    try {
      await new Promise(() => {});
      yield 1;
    } finally {
      this.finished++;
    }
  }
  async *symbols(): AsyncGenerator<unknown> {
    try {
      yield 1;
      yield Symbol('two');
    } finally {
      this.finished++;
    }
  }
  results(): { readonly inner: AsyncGenerator<number, string>; readonly web: ReadableStream<number> } {
    return { inner: this.count(200), web: this.web(3) };
  }
  async sum(items: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  }
  async sumOfNested({
    inner: [items],
  }: {
    readonly inner: readonly [AsyncIterable<number>];
  }): Promise<number> {
    return this.sum(items);
  }
  async firstOf(items: AsyncIterable<number>): Promise<number | undefined> {
    for await (const item of items) return item;
    return undefined;
  }
  ignore(_items: AsyncIterable<number>): void {}
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

overTransports((open) => {
  test('an item that is undefined arrives as that', async () => {
    const { client } = await open<Source>({ api: new Source() });
    const items: unknown[] = [];
    for await (const item of client.pipe.holes()) items.push(item);
    expect(items).toEqual([1, undefined, null, [undefined]]);
  });

  test.each([1, 3, 500])('a window of %i items is what the producer runs ahead', async (window) => {
    const source = new Source();
    const { client } = await open<Source>({ api: source });
    const reader = client.with({ window }).pipe.count(2000);
    await until('the window is full', () => source.produced >= window);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(source.produced).toBe(window);
    let sum = 0;
    for await (const item of reader) sum += item;
    expect(sum).toBe(1_999_000);
  });

  test('a window is a whole number of items', async () => {
    const { client } = await open<Source>({ api: new Source() });
    for (const window of [0, -1, 1.5, Number.NaN, '3' as never])
      expect(() => client.with({ window })).toThrow('window must be a whole number');
  });

  test('items arrive in order, then the return value, in both directions', async () => {
    const { client, server, emptied } = await open<Source, Source>({
      api: new Source(),
      clientApi: new Source(),
    });
    for (const peer of [client, server]) {
      expect(await collect(peer.pipe.count(1000))).toEqual(numbers(1000));
      expect(await collect(peer.pipe.web(10))).toEqual(numbers(10));
      expect(await collect(peer.pipe.five())).toEqual([5]);
      const items = peer.pipe.sync(1);
      expect(await items.next()).toEqual({ done: false, value: 0 });
      expect(await items.next()).toEqual({ done: true, value: 'the end' });
      expect(await items.next()).toEqual({ done: true, value: undefined });
    }
    await emptied();
  });

  test('an error arrives after the items before it, with its code and data', async () => {
    const { client, emptied } = await open<Source>({ api: new Source() });
    const items = client.pipe.failing();
    expect(await items.next()).toEqual({ done: false, value: 1 });
    await expect(items.next()).rejects.toMatchObject({
      message: 'the well is dry',
      code: 7,
      data: { litres: 0 },
    });
    expect(await items.next()).toEqual({ done: true, value: undefined });
    const untyped = client as unknown as Peer;
    await expect(untyped.pipe.nothing?.().next()).rejects.toThrow("Unknown method 'nothing'");
    await emptied();
  });

  test('the producer never runs ahead of the credit, however slow its consumer', async () => {
    const api = new Source();
    const { client, server, emptied } = await open<Source>({ api });
    let consumed = 0;
    let mostAhead = 0;
    for await (const item of client.pipe.count(1000)) {
      expect(item).toBe(consumed++);
      mostAhead = Math.max(mostAhead, api.produced - consumed);
      expect(server.stats.running).toBeLessThanOrEqual(1);
      if (consumed % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(consumed).toBe(1000);
    expect(mostAhead).toBeLessThanOrEqual(WINDOW + 1);
    await emptied();
  });

  test('what is not read at all holds the producer back at the window', async () => {
    const api = new Source();
    const { client, emptied } = await open<Source>({ api });
    const items = client.pipe.count(Number.POSITIVE_INFINITY);
    await until('the window is full', () => api.produced === WINDOW);
    await client.ping();
    expect(api.produced).toBe(WINDOW);
    await items.return?.();
    await until('the producer was told', () => api.finished === 1);
    await emptied();
  });

  test('leaving early runs the producer’s clean-up', async () => {
    const api = new Source();
    const { client, emptied } = await open<Source>({ api });
    for await (const item of client.pipe.count(Number.POSITIVE_INFINITY)) if (item === 100) break;
    await until('the generator was returned', () => api.finished === 1);
    for await (const item of client.pipe.web(Number.POSITIVE_INFINITY)) if (item === 100) break;
    await until('the stream was cancelled', () => api.finished === 2);
    {
      await using items = client.pipe.count(Number.POSITIVE_INFINITY);
      await items.next();
    }
    await until('disposing is leaving', () => api.finished === 3);
    await emptied();
  });

  test('an aborted signal ends the stream here and there', async () => {
    const api = new Source();
    const { client, emptied } = await open<Source>({ api });
    const controller = new AbortController();
    const items = client.with({ signal: controller.signal }).pipe.count(Number.POSITIVE_INFINITY);
    await items.next();
    controller.abort(new Error('enough'));
    await expect(collect(items)).rejects.toMatchObject({
      name: 'CancelledError',
      cause: { message: 'enough' },
    });
    await until('the producer was told', () => api.finished === 1);
    await emptied();
  });

  test('an item that cannot be sent ends the stream with an error that says where', async () => {
    const api = new Source();
    const { client, emptied } = await open<Source>({ api });
    await expect(collect(client.pipe.symbols())).rejects.toThrow('result: cannot send a symbol');
    expect(api.finished).toBe(1);
    await emptied();
  });

  test('async iterables and Web streams are passed as arguments, nested too, in both directions', async () => {
    const { client, server, emptied } = await open<Source, Source>({
      api: new Source(),
      clientApi: new Source(),
    });
    for (const peer of [client, server]) {
      const source = new Source();
      expect(await peer.call.sum(source.count(500))).toBe((499 * 500) / 2);
      expect(await peer.call.sum(source.web(10) as unknown as AsyncIterable<number>)).toBe(45);
      expect(await peer.call.sumOfNested({ inner: [source.count(10)] })).toBe(45);
      await until('both were finished', () => source.finished === 2);
    }
    await emptied();
  });

  test('an argument that is left early, or never read, is cleaned up', async () => {
    const { client, emptied } = await open<Source>({ api: new Source() });
    const source = new Source();
    expect(await client.call.firstOf(source.count(Number.POSITIVE_INFINITY))).toBe(0);
    await until('the generator was returned', () => source.finished === 1);
    await client.call.ignore(source.web(5) as unknown as AsyncIterable<number>);
    await until('the unread stream was cancelled', () => source.finished === 2);
    await emptied();
  });

  test('iterables inside results are streams of their own, and are let go of at their end', async () => {
    const api = new Source();
    const { client, server, emptied } = await open<Source>({ api });
    const { inner, web } = await client.call.results();
    expect(server.stats.exported).toBe(2);
    expect(await collect(inner as AsyncIterable<number>)).toEqual(numbers(200));
    expect(await collect(web as unknown as AsyncIterable<number>)).toEqual([0, 1, 2]);
    await emptied();
    const { inner: left } = await client.call.results();
    for await (const item of left as AsyncIterable<number>) if (item === 3) break;
    await until('the generator was returned', () => api.finished === 2);
  });

  test('a stream ends with its connection, on both sides', async () => {
    const api = new Source();
    const { client, server } = await open<Source>({ api });
    const items = client.pipe.count(Number.POSITIVE_INFINITY);
    const silent = client.pipe.silent();
    await items.next();
    const next = expect(silent.next()).rejects.toMatchObject({ name: 'ConnectionClosedError', sent: true });
    client.abort();
    await Promise.all([client.closed, server.closed]);
    await next;
    await expect(collect(items)).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    await until('the generator was returned', () => api.finished === 1);
  });

  test('objects among the items: those that nobody read are given back when the stream is left', async () => {
    class Item extends Handler {}
    const api = {
      async *items(): AsyncGenerator<Item> {
        for (;;) yield new Item();
      },
    };
    const { client, server, emptied } = await open<typeof api>({ api });
    const items = client.pipe.items();
    const { value } = await items.next();
    await until('the window is full', () => client.stats.imported >= WINDOW);
    expect(server.stats.exported).toBeGreaterThanOrEqual(WINDOW);
    await items.return();
    (value as unknown as RemoteObject<Item>).close();
    await emptied();
  });

  test('the slot of a stream that was left is free when its clean-up is over', async () => {
    let finish: () => void = () => {};
    const cleanedUp = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let isCleaning = false;
    const api = {
      async *slowToLeave(): AsyncGenerator<number> {
        try {
          for (let i = 0; ; i++) yield i;
        } finally {
          isCleaning = true;
          await cleanedUp;
        }
      },
    };
    const { client, server, emptied } = await open<typeof api>({ api });
    const items = client.pipe.slowToLeave();
    await items.next();
    await items.return();
    await until('it cleans up', () => isCleaning);
    await client.ping();
    expect(server.stats.running).toBe(1);
    finish();
    await emptied();
  });

  test('a method with a stream to give, called by notification, does not run for ever', async () => {
    const api = new Source();
    const { client, emptied } = await open<Source>({ api });
    client.notify.count(Number.POSITIVE_INFINITY);
    await emptied();
    expect(api.produced).toBeLessThanOrEqual(1);
  });
});
