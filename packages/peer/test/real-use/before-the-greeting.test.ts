import {
  type ConnectOptions,
  connect,
  createServer,
  Handler,
  type PeerOptions,
  retain,
} from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, onTestFinished, test } from 'vitest';
import { overTransports } from '../../../../test/scenarios/session.ts';
import { failureOf } from '../by-hand/failure-of.ts';

class Topic extends Handler {
  name(): string {
    return 'topic';
  }
}

class Bus extends Handler {
  readonly #all = new Set<unknown>();
  readonly #topic = new Topic();
  on(...listeners: unknown[]): number {
    for (const listener of listeners) this.#all.add(retain(listener));
    return this.#all.size;
  }
  onEach(listeners: { readonly a: unknown; readonly b: unknown }): boolean {
    return listeners.a === listeners.b;
  }
  off(listener: unknown): boolean {
    return this.#all.delete(listener);
  }
  topic(): Topic {
    return this.#topic;
  }
  topics(): Topic[] {
    return [this.#topic, this.#topic];
  }
  async *ticks(): AsyncGenerator<number> {
    yield 1;
    yield 2;
  }
  fail(): never {
    throw Object.assign(new RangeError('too far'), { code: 'E_FAR', at: 7 });
  }
  hold(text: string): number {
    return text.length;
  }
  noted: unknown[] = [];
  note(value: unknown): void {
    this.noted.push(value);
  }
}

overTransports((open) => {
  const cold = (api: object, clientApi?: object) =>
    open<Bus>({ api, greeted: false, ...(clientApi && { clientApi }) });

  test('a function, an object, a stream is one from the first message on', async () => {
    for (const make of [() => () => {}, () => new Topic()]) {
      const { client } = await cold(new Bus());
      const listener = make();
      const [one, two, same] = [
        client.call.on(listener as never),
        client.call.on(listener as never),
        client.call.onEach({ a: listener as never, b: listener as never }),
      ];
      expect(await Promise.all([one, two, same])).toEqual([1, 1, true]);
      expect(await client.call.off(listener as never)).toBe(true);
      expect(await client.call.off(listener as never)).toBe(false);
    }
  });

  test('what the server gives twice before it knows its client is one proxy', async () => {
    const { client } = await cold(new Bus());
    const [one, two, [three, four] = []] = await Promise.all([
      client.call.topic(),
      client.call.topic(),
      client.call.topics(),
    ]);
    expect(new Set([one, two, three, four]).size).toBe(1);
    expect(await client.call.topic()).toBe(one);
    expect(await one.call.name()).toBe('topic');
    one.close();
  });

  test('errors and streams of the first calls are rich', async () => {
    const { client } = await cold(new Bus());
    const failing = failureOf(client.call.fail());
    const stream = client.call.ticks();
    expect(await failing).toMatchObject({ name: 'RangeError', message: 'too far', code: 'E_FAR', at: 7 });
    const items: number[] = [];
    for await (const item of await stream) items.push(item);
    expect(items).toEqual([1, 2]);
  });

  test('calls, notifications and pipes stay in order though one of them has to wait', async () => {
    const api = new Bus();
    const { client } = await cold(api);
    const fn = (): void => {};
    client.notify.note(1);
    client.notify.note([fn, fn] as never); // the second emission waits for the greeting
    client.notify.note(3);
    const last = client.call.note(4);
    client.notify.note('x'.repeat(2000));
    await Promise.all([last, client.call.note(6)]);
    const [one, pair, three, four, long, six] = api.noted;
    expect([one, three, four, (long as string).length, six]).toEqual([1, 3, 4, 2000, 6]);
    expect((pair as unknown[])[0]).toBe((pair as unknown[])[1]);
  });

  test('a call of the server in onOpen is answered with everything, and by everything', async () => {
    const heard: unknown[] = [];
    class Caller extends Handler<{ fail(): void; give(): () => void; ticks(): AsyncIterable<number> }> {
      protected override async onOpen(): Promise<void> {
        const { peer } = this;
        const [failed, one, two, stream] = await Promise.all([
          failureOf(peer.call.fail()),
          peer.call.give(),
          peer.call.give(),
          peer.call.ticks(),
        ]);
        const items: number[] = [];
        for await (const item of stream) items.push(item);
        heard.push(failed, one === two, items);
        one.close();
      }
      ready(): number {
        return heard.length;
      }
    }
    const fn = (): void => {};
    const bus = new Bus();
    const { client } = await open<Caller>({
      api: new Caller(),
      greeted: false,
      clientApi: { fail: () => bus.fail(), give: () => fn, ticks: () => bus.ticks() },
    });
    await expect.poll(() => client.call.ready()).toBe(3);
    expect(heard).toEqual([
      expect.objectContaining({ name: 'RangeError', code: 'E_FAR', at: 7 }),
      true,
      [1, 2],
    ]);
  });
});

test.each<[string, PeerOptions, ConnectOptions]>([
  ['a server without extensions', { extensions: false }, {}],
  ['a client without extensions', {}, { extensions: false }],
])('with %s the first calls work as well, and end', async (_, serverOptions, clientOptions) => {
  const server = await createServer(tcp({ port: 0 }), () => new Bus(), serverOptions);
  const peer = await connect<Bus>(tcp({ port: server.address.port as number }), clientOptions);
  onTestFinished(async () => {
    await peer.close();
    await server.close();
  });
  const fn = (): void => {};
  const calls = [
    peer.call.on(fn, fn),
    peer.call.hold('x'.repeat(5000)),
    failureOf(peer.call.fail()),
  ] as const;
  const [count, length, error] = await Promise.all(calls);
  expect([count, length, error.message]).toEqual([2, 5000, 'too far']);
});

test('a message too long for the other side fails alone, though it is the first', async () => {
  const network = memory();
  await using _server = await createServer(network, () => new Bus(), { limits: { maxMessageBytes: 10_000 } });
  await using peer = await connect<Bus>(network);
  const long = failureOf(peer.call.hold('x'.repeat(20_000)));
  const short = peer.call.hold('abc');
  expect(await long).toMatchObject({
    name: 'LimitExceededError',
    message: expect.stringContaining('maxMessageBytes'),
  });
  expect(await short).toBe(3);
});
