import { Handler } from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { heapUsed } from './collect-garbage.ts';
import { overTransports } from './session.ts';

class Item extends Handler {
  value(): number {
    return 1;
  }
}

class Api extends Handler {
  readonly constant = new Item();
  async apply(fn: () => Promise<number>): Promise<number> {
    return fn();
  }
  ignore(_fn: unknown): void {}
  item(): Item {
    return new Item();
  }
  same(): Item {
    return this.constant;
  }
  callValue(item: { readonly call: { value(): Promise<number> } }): Promise<number> {
    return item.call.value();
  }
}

const BATCH = 500;
/** What leaks of an object would take more than this. */
const LEAK_BYTES = 250;
/** What the heap may differ by for whatever reason. */
const MARGIN = 4_000_000;

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}

overTransports((open, { name }) => {
  // What is true of TCP's sockets is true of the others, which are slower.
  const total = name === 'tcp' ? 50_000 : 20_000;

  test(`${total} callbacks and objects are created and released, and the heap stays flat`, async () => {
    const { client, server, emptied } = await open<Api>({ api: new Api() });
    const kinds: readonly (() => Promise<unknown>)[] = [
      () => client.call.apply(async () => 1), // a callback, called and released when its call has settled
      async () => client.call.ignore(() => 1), // a callback that is never called
      async () => (await client.call.item()).close(), // an object, closed
      () => client.call.item().then((item) => item.call.value().finally(() => item.close())),
      () => client.call.callValue(new Item() as never), // an object of the caller’s
      async () => void (await client.call.same()), // always the same object, left to the garbage collector
    ];
    const heaps: number[] = [];
    for (let done = 0; done < total; done += BATCH) {
      if (done % (total / 5) === 0) heaps.push(await heapUsed());
      await Promise.all(Array.from({ length: BATCH }, (_, i) => kinds[i % kinds.length]?.()));
    }
    heaps.push(await heapUsed());
    // Code that gets hot takes room, too, but less and less; a leak takes the same with each fifth of the work.
    const growth = heaps.slice(1).map((heap, i) => heap - (heaps[i] ?? 0));
    expect(median(growth)).toBeLessThan((LEAK_BYTES * total) / 5);
    await client.ping();
    expect(client.stats.exported).toBe(0);
    expect(server.stats.exported).toBeLessThanOrEqual(1); // the constant one: whether it was collected is not ours to say
    (await client.call.same()).close();
    await emptied();
  }, 120_000);

  test('a fast producer and a slow consumer: the heap stays flat, too', async () => {
    const text = 'x'.repeat(10_000);
    let produced = 0;
    const api = {
      async *flood() {
        for (;;) {
          produced++;
          yield text;
        }
      },
    };
    const { client, emptied } = await open<{ flood(): AsyncGenerator<string> }>({ api });
    const before = await heapUsed();
    let consumed = 0;
    for await (const item of client.pipe.flood()) {
      if (++consumed % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (consumed === 2000) {
        // 2000 items are 20 MB: only the window of them may be somewhere.
        expect((await heapUsed()) - before).toBeLessThan(65 * item.length + MARGIN);
        break;
      }
    }
    expect(produced).toBeLessThan(consumed + 66);
    await emptied();
  });
});
