import { until } from '@bjsonrpc/duplex-suite';
import {
  ConnectionClosedError,
  Handler,
  type RemoteFunction,
  type RemoteObject,
  retain,
  UnknownObjectError,
} from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { collectGarbage } from './collect-garbage.ts';
import { overTransports } from './session.ts';

type Fn = (...args: number[]) => unknown;

class Counter extends Handler {
  #value = 0;
  closings = 0;
  increment(): number {
    return ++this.#value;
  }
  protected override onClose(): void {
    this.closings++;
  }
}

/** Both sides publish this. */
class Api extends Handler {
  readonly counter = new Counter();
  readonly kept: unknown[] = [];
  readonly seen: unknown[] = [];

  add(a: number, b: number): number {
    return a + b;
  }
  async apply(fn: Fn, ...args: number[]): Promise<unknown> {
    return fn(...args);
  }
  async applyNested({ list }: { list: [Map<string, Fn>] }): Promise<unknown> {
    return list[0].get('fn')?.(20, 1);
  }
  adder(n: number): { readonly nested: Fn[] } {
    return { nested: [(m) => n + (m ?? 0)] };
  }
  isCounter(value: unknown): boolean {
    return value === this.counter;
  }
  getCounter(): Counter {
    return this.counter;
  }
  newCounter(): Counter {
    return new Counter();
  }
  getTwice(): readonly Counter[] {
    return [this.counter, this.counter];
  }
  see(value: unknown): void {
    this.seen.push(value);
  }
  keep(value: unknown): void {
    this.kept.push(retain(value));
  }
  echo(value: unknown): unknown {
    return value;
  }
  unkept(): unknown {
    return (this.seen[0] as () => unknown)();
  }
}

overTransports((open) => {
  test('functions go both ways, nested in arrays, objects and Maps', async () => {
    const { client, server, emptied } = await open<Api, Api>({ api: new Api(), clientApi: new Api() });
    for (const peer of [client, server]) {
      expect(await peer.call.apply((a, b) => (a ?? 0) * (b ?? 0), 6, 7)).toBe(42);
      expect(await peer.call.applyNested({ list: [new Map([['fn', (a, b) => (a ?? 0) + (b ?? 0)]])] })).toBe(
        21,
      );
      const { nested } = await peer.call.adder(5);
      const [fn] = nested;
      expect(await fn?.(3)).toBe(8);
      fn?.close();
    }
    await emptied();
  });

  test('functions in functions: the callback of a callback', async () => {
    const api = { run: async (fn: (done: (n: number) => unknown) => unknown) => fn((n) => n + 1) };
    const { client, emptied } = await open<typeof api>({ api });
    expect(await client.call.run(async (done) => (await done(41)) as number)).toBe(42);
    await emptied();
  });

  test('the same function is the same proxy, and comes home as the original', async () => {
    const api = new Api();
    const { client, emptied } = await open<Api>({ api });
    const fn = (): number => 1;
    await client.call.keep(fn);
    await client.call.keep([fn, fn]);
    const [first, [second, third]] = api.kept as [unknown, [unknown, unknown]];
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect(await client.call.echo(fn)).toBe(fn);
    (first as RemoteFunction<Fn>).close();
    await emptied();
  });

  test('a method of the other side is passed by reference: calling it is a local call', async () => {
    const api = new Api();
    const { client, emptied } = await open<Api>({ api });
    expect(await client.call.apply(client.call.add as never, 2, 3)).toBe(5);
    const counter = await client.call.getCounter();
    expect(await client.call.apply(counter.call.increment as never)).toBe(1);
    expect(client.stats.exported).toBe(0);
    counter.close();
    await emptied();
  });

  test('the methods of two objects of one class stay apart', async () => {
    const { client, emptied } = await open<Api>({ api: new Api() });
    const [one, other] = [await client.call.newCounter(), await client.call.newCounter()];
    for (const counter of [one, other, one]) await client.call.apply(counter.call.increment as never);
    expect([await one.call.increment(), await other.call.increment()]).toEqual([3, 2]);
    for (const counter of [one, other]) counter.close();
    await emptied();
  });

  test('an argument lives until its call has settled; then its error says so', async () => {
    const api = new Api();
    const { client, emptied } = await open<Api>({ api });
    await client.call.see(() => 1);
    await emptied();
    const late = api.seen[0] as () => Promise<unknown>;
    await expect(late()).rejects.toThrow(UnknownObjectError);
    await expect(late()).rejects.toThrow(
      /^function_\w{4} cannot be used: it was an argument that nobody retained/,
    );
    expect(() => retain(late)).toThrow(/^function_\w{4} cannot be used/);
  });

  test('a retained argument lives until it is closed', async () => {
    const api = new Api();
    const { client, emptied } = await open<Api>({ api });
    let calls = 0;
    await client.call.keep(() => ++calls);
    const [kept] = api.kept as [RemoteFunction<() => Promise<number>>];
    expect(await kept()).toBe(1);
    expect(client.stats.exported).toBe(1);
    kept.close();
    kept.close();
    await emptied();
    await expect(kept()).rejects.toThrow(/^function_\w{4} cannot be used: it was closed/);
    expect(calls).toBe(1);
  });

  test('the arguments of a call that never ran are given back', async () => {
    const { client, emptied } = await open({ api: new Api() });
    await expect(client.call.nothing?.(() => 1, new Counter())).rejects.toThrow("Unknown method 'nothing'");
    await emptied();
  });

  test('an object that comes too late, for a call that was given up, is given back', async () => {
    let answer: (value: Counter) => void = () => {};
    const api = {
      slow: () =>
        new Promise<Counter>((resolve) => {
          answer = resolve;
        }),
    };
    const { client, server, emptied } = await open<typeof api>({ api });
    const request = client.method.slow();
    await until('the call runs', () => server.stats.running === 1);
    request.cancel();
    await expect(request.value).rejects.toThrow('cancelled');
    const counter = new Counter();
    answer(counter);
    await emptied();
    expect(client.stats.stray).toBe(1);
    expect(counter.closings).toBe(1);
  });

  test('the arguments of a call that was cancelled while it waited for its turn are given back', async () => {
    let answer: (value: number) => void = () => {};
    const api = {
      slow: () =>
        new Promise<number>((resolve) => {
          answer = resolve;
        }),
      take: (_fn: () => number) => 1,
    };
    const { client, server, emptied } = await open<typeof api>({
      api,
      serverOptions: { limits: { maxRunningCalls: 1 } },
    });
    const first = client.call.slow();
    const second = client.method.take(() => 1);
    await until('both are there', () => server.stats.running === 2);
    expect(client.stats.exported).toBe(1);
    second.cancel();
    await until('it was given back', () => client.stats.exported === 0);
    answer(1);
    expect(await first).toBe(1);
    await emptied();
  });

  test('what comes back from a function can be an object, whose owner hears once of its end', async () => {
    const api = new Api();
    const { client, emptied } = await open<Api>({ api });
    const counter = await client.call.getCounter();
    expect(await client.call.getCounter()).toBe(counter);
    expect(new Set(await client.call.getTwice())).toEqual(new Set([counter]));
    expect(client.stats.imported).toBe(1);
    expect(await counter.call.increment()).toBe(1);
    expect(await client.call.isCounter(counter)).toBe(true);
    counter.close();
    counter.close();
    await emptied();
    expect(api.counter.closings).toBe(1);
    await expect(counter.call.increment()).rejects.toThrow(/^counter_\w{4} cannot be used: it was closed/);
  });

  test('using releases at the end of the block', async () => {
    const api = new Api();
    const { client, emptied } = await open<Api>({ api });
    {
      using counter = await client.call.getCounter();
      expect(await counter.call.increment()).toBe(1);
      expect(client.stats.imported).toBe(1);
    }
    await emptied();
    expect(api.counter.closings).toBe(1);
  });

  test('a re-send that crosses a release: the new proxy works, the old one says that it was closed', async () => {
    const { client, emptied } = await open<Api>({ api: new Api() });
    const old = await client.call.getCounter();
    const again = client.call.getCounter();
    old.close();
    const counter = await again;
    expect(counter).not.toBe(old);
    expect(await counter.call.increment()).toBe(1);
    await expect(old.call.increment()).rejects.toThrow('it was closed');
    counter.close();
    await emptied();
  });

  test('a call in flight is not disturbed by the release of its object', async () => {
    const { client, emptied } = await open<Api>({ api: new Api() });
    const counter = await client.call.getCounter();
    const value = counter.call.increment();
    counter.close();
    expect(await value).toBe(1);
    await emptied();
  });

  test('a forgotten proxy is released when it has been collected, but not while a call is in flight', async () => {
    let answer: (value: string) => void = () => {};
    class Slow extends Handler {
      wait(): Promise<string> {
        return new Promise((resolve) => {
          answer = resolve;
        });
      }
    }
    const api = { getSlow: () => new Slow() };
    const { client, server, emptied } = await open<typeof api>({ api });
    const value = (async () => (await client.call.getSlow()).call.wait())();
    await until('the call runs', () => server.stats.running === 1);
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(server.stats.exported).toBe(1);
    answer('done');
    expect(await value).toBe('done');
    await until('the finalizer ran', () => {
      collectGarbage();
      return server.stats.exported === 0;
    });
    await emptied();
  });

  test('forgotten functions and retained arguments are collected, too', async () => {
    const api = new Api();
    const { client, server, emptied } = await open<Api, Api>({ api, clientApi: new Api() });
    for (let i = 0; i < 50; i++) {
      await client.call.keep(() => i);
      await client.call.adder(i);
    }
    expect(client.stats.exported).toBe(50);
    api.kept.length = 0;
    await until('the finalizers ran', () => {
      collectGarbage();
      return client.stats.exported + server.stats.exported === 0;
    });
    await emptied();
  });

  test('when the connection ends every proxy breaks, and its hook fires once', async () => {
    const api = new Api();
    const { client, server } = await open<Api>({ api });
    const broken: Error[] = [];
    let spared = 0;
    const counter = await client.call.getCounter();
    counter.onBroken((error) => broken.push(error));
    counter.onBroken(() => spared++)[Symbol.dispose]();
    const closedEarlier = (await client.call.adder(1)).nested[0] as RemoteFunction<Fn>;
    closedEarlier.onBroken(() => spared++);
    closedEarlier.close();
    client.abort(new Error('the cable was cut'));
    await Promise.all([client.closed, server.closed]);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toBeInstanceOf(ConnectionClosedError);
    expect(broken[0]?.message).toMatch(/^counter_\w{4} is broken: the cable was cut/);
    expect(spared).toBe(0);
    await expect(counter.call.increment()).rejects.toThrow(/the cable was cut|connection is closed/);
    counter.notify.increment();
    counter.close();
    expect(api.counter.closings).toBe(1);
  });

  test('the argument of a call that runs when the connection ends breaks as well', async () => {
    const broken: Error[] = [];
    let held: RemoteFunction<() => Promise<unknown>> | undefined;
    const api = {
      hold: (fn: RemoteFunction<() => Promise<unknown>>) => {
        held = fn;
        fn.onBroken((error) => broken.push(error));
        return new Promise<void>(() => {});
      },
    };
    const { client, server } = await open({ api });
    const call = client.call.hold?.(() => 1);
    call?.catch(() => {});
    await until('the call runs', () => server.stats.running === 1);
    client.abort();
    await server.closed;
    expect(broken).toHaveLength(1);
    await expect(held?.()).rejects.toThrow(/connection is closed/);
  });

  test('an object of another connection is passed on, and its calls with it', async () => {
    const inner = await open<Api>({ api: new Api() });
    const gateway = { getCounter: () => inner.client.call.getCounter() };
    const { client, emptied } = await open<{ getCounter(): Promise<Counter> }>({ api: gateway });
    const counter = (await client.call.getCounter()) as unknown as RemoteObject<Counter>;
    expect(await counter.call.increment()).toBe(1);
    expect(await counter.call.increment()).toBe(2);
    counter.close();
    await emptied();
    await until('the gateway forgets it', () => {
      collectGarbage();
      return inner.client.stats.imported === 0;
    });
    await inner.emptied();
  });

  test('a handler that could not be sent is not finished: its hook waits for its real release', async () => {
    const { client, emptied } = await open({ api: { take: () => 1 } });
    const counter = new Counter();
    await expect(client.call.take?.(counter, Symbol('x'))).rejects.toThrow('params[1]: cannot send a symbol');
    expect(counter.closings).toBe(0);
    await client.call.take?.(counter);
    await emptied();
    expect(counter.closings).toBe(1);
  });
});
