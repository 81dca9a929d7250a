import { until } from '@bjsonrpc/duplex-suite';
import { connect, createServer, Handler, LimitExceededError, type PeerOptions } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';
import { openSession } from '../../../../test/scenarios/session.ts';
import { transports } from '../../../../test/scenarios/transports.ts';
import { failureOf } from '../by-hand/failure-of.ts';

interface Heard {
  readonly name: string;
  readonly message: string;
  readonly method: string | undefined;
}

function hearing(heard: Heard[]): NonNullable<PeerOptions['onError']> {
  return (error, { method }) => {
    const { name, message } = error as Error;
    heard.push({ name, message, method });
  };
}

/** While it waits for an answer of the other side it reads on, whatever comes: else it would hold back, and refuse nothing. */
class Api extends Handler<{ never(): void }> {
  async ask(): Promise<void> {
    await this.peer.call.never();
  }
  wait(): Promise<void> {
    return new Promise(() => {});
  }
}

const clientApi = { never: () => new Promise(() => {}) };

test.each(transports)(
  'a notification that is refused is told to both sides, over $name',
  async (transport) => {
    const [there, here]: [Heard[], Heard[]] = [[], []];
    const limits = { maxRunningCalls: 1, maxQueuedCalls: 2, maxMethodLength: 20, maxDepth: 5 };
    const { client, server } = await openSession<Api, unknown>(transport, {
      api: new Api(),
      clientApi,
      serverOptions: { limits, onError: hearing(there) },
      clientOptions: { onError: hearing(here) },
    });
    client.notify.ask();
    for (let i = 0; i < 6; i++) client.notify.wait(); // one runs, two wait for their turn
    await until('it is told', () => here.length > 0);
    expect(there).toHaveLength(3);
    expect(there[0]).toMatchObject({
      name: 'LimitExceededError',
      method: 'wait',
      message: expect.stringMatching(/maxRunningCalls.*maxQueuedCalls/),
    });
    expect(here).toEqual([
      expect.objectContaining({
        name: 'LimitExceededError',
        message: expect.stringMatching(/^3 notifications were refused by the other side: .*maxQueuedCalls/),
      }),
    ]);
    expect(server.stats.refused).toBe(3);
    here.length = 0;
    (client.notify as unknown as { [name: string]: (...args: unknown[]) => void })['x'.repeat(30)]?.();
    (client.notify as unknown as { wait(value: unknown): void }).wait([[[[[[1]]]]]]);
    await until('those are told, too', () => server.stats.refused === 5 && here.length > 0);
    expect(there.slice(3).map(({ name }) => name)).toEqual(['InvalidRequestError', 'LimitExceededError']);
  },
);

test('a request that is refused is told to its caller, and counts as none that was not heard', async () => {
  const there: Heard[] = [];
  const { client, server } = await openSession<Api, unknown>(transports[0] as never, {
    api: new Api(),
    clientApi,
    serverOptions: { limits: { maxRunningCalls: 1, maxQueuedCalls: 1 }, onError: hearing(there) },
  });
  client.notify.ask();
  const calls = [1, 2, 3].map(() => failureOf(client.call.wait()));
  expect(await calls[2]).toBeInstanceOf(LimitExceededError);
  expect([there, server.stats.refused]).toEqual([[], 0]);
  client.abort();
  await Promise.all(calls);
});

test('what is written faster than it is taken fails alone, with the name of the bound', async () => {
  const network = memory({ maxBuffered: 1000, latencyMs: 20 });
  const server = await createServer(network, () => ({ size: (text: string) => text.length }));
  const peer = await connect<{ size(text: string): number }>(network, { limits: { maxUnsentBytes: 20_000 } });
  await peer.ping();
  const calls = await Promise.allSettled(Array.from({ length: 50 }, () => peer.call.size('x'.repeat(1000))));
  const failed = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason as Error] : []));
  expect(failed.length).toBeGreaterThan(0);
  expect(calls.length - failed.length).toBeGreaterThanOrEqual(19);
  for (const error of failed) {
    expect(error).toBeInstanceOf(LimitExceededError);
    expect(error.message).toMatch(/maxUnsentBytes.*drain\(\)/);
  }
  for (let i = 0; i < 30; i++) peer.notify.size('x'.repeat(500));
  expect(() => {
    for (let i = 0; i < 100; i++) peer.notify.size('x'.repeat(500));
  }).toThrow(/maxUnsentBytes/);
  await peer.drain();
  expect(await peer.call.size('abc')).toBe(3);
  await peer.close();
  await server.close();
});

test('a message that is too long fails one call with its name, both ways, whoever set the limit', async () => {
  for (const [serverLimit, clientLimit] of [
    [5000, undefined],
    [undefined, 5000],
  ]) {
    const limit = (maxMessageBytes: number | undefined) =>
      maxMessageBytes ? { limits: { maxMessageBytes } } : {};
    const { client } = await openSession<
      { echo(text: string): string; make(length: number): string },
      unknown
    >(transports[1] as never, {
      api: { echo: (text: string) => text, make: (length: number) => 'x'.repeat(length) },
      greeted: false,
      serverOptions: { ...limit(serverLimit), onError: () => {} },
      clientOptions: limit(clientLimit),
    });
    const calls = [client.call.echo('x'.repeat(6000)), client.call.make(6000)].map(failureOf);
    for (const error of await Promise.all(calls)) {
      expect(error).toBeInstanceOf(LimitExceededError);
      expect(error.message).toContain('maxMessageBytes');
    }
    expect(await client.call.echo('abc')).toBe('abc');
  }
});
