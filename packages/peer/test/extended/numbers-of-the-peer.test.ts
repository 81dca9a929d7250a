import { connect } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';
import { heapUsed } from '../../../../test/scenarios/collect-garbage.ts';
import { Producer } from '../../src/incoming/producer.ts';

const MOST = 2 ** 20;

/** What a producer sends while nobody gives it more. */
function produce(credit: number) {
  let [items, waits] = [0, 0];
  let onWait: () => void;
  const waiting = new Promise<void>((resolve) => {
    onWait = resolve;
  });
  const producer = new Producer(
    (function* () {
      for (;;) yield 0;
    })(),
    {
      apply: (method, stream) => method.call(stream),
      breathe: () => Promise.resolve(),
      item: () => {
        items++;
        return undefined;
      },
      end: () => Promise.resolve(),
      fail: () => {},
      patience: {
        begin: () => {
          waits++;
          onWait();
        },
        end: () => {},
        stop: () => {},
      },
      cleanUpFailed: () => {},
    },
    credit,
  );
  return { producer, waiting, sent: () => ({ items, waits }) };
}

test.concurrent.each([
  ['at once', (most: number) => ({ first: most, granted: 0 })],
  ['little by little', (most: number) => ({ first: 1, granted: most })],
])('credit of any size, given %s, counts as a million', async (_, given) => {
  const { first, granted } = given(Number.MAX_SAFE_INTEGER);
  const { producer, waiting, sent } = produce(first);
  if (granted) for (let i = 0; i < 3; i++) producer.grant(granted);
  const run = producer.run();
  await waiting;
  expect(sent()).toEqual({ items: MOST, waits: 1 });
  producer.cancel();
  await run;
});

test('calls that were given up, and are never answered, are not remembered for ever', async () => {
  const CALLS = 200_000;
  const transport = memory();
  const listener = await transport.listen((duplex) => {
    duplex.start({ onMessage: () => {}, onClose: () => {} });
    duplex.send('{"method":"$/hello","params":[{"version":1,"extensions":["cancel"]}]}');
  });
  const peer = await connect<{ never(): void }>(transport, { limits: { maxPendingCalls: 100 } });
  const giveUp = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 100) {
      const requests = Array.from({ length: 100 }, () => peer.method.never());
      await new Promise(setImmediate); // they have been sent
      for (const request of requests) request.cancel();
    }
  };
  await giveUp(1000);
  const before = await heapUsed();
  await giveUp(CALLS);
  expect(peer.stats.messagesOut).toBeGreaterThan(2 * CALLS);
  expect((await heapUsed()) - before).toBeLessThan(CALLS * 8);
  peer.abort();
  await listener.close();
});
