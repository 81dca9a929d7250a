import { ConnectionClosedError, Peer } from '@bjsonrpc/peer';
import type { Duplex, Receiver } from '@bjsonrpc/protocol';
import { memoryPair } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';

interface Api {
  a(): void;
  b(): void;
  c(): void;
  d(): void;
  tooLate(): void;
}

/** A peer over a connection that breaks when it is told to, and then says so much about what did not arrive. */
function peerOver(): { readonly peer: Peer<Api>; breakOff(undelivered?: number): void } {
  const [duplex] = memoryPair();
  let receiver: Receiver | undefined;
  const breaking: Duplex = Object.assign(Object.create(duplex) as Duplex, {
    start: (given: Receiver) => {
      receiver = given;
    },
    send: () => undefined,
    hold: () => {},
    close: (error?: Error) => queueMicrotask(() => receiver?.onClose(error)),
  });
  const peer = new Peer<Api>({
    duplex: breaking,
    options: { extensions: false },
    info: { transport: 'memory' },
    dialled: true,
    handler: undefined,
  });
  return {
    peer,
    breakOff: (undelivered) => {
      const error = new Error('the tunnel was long');
      receiver?.onClose(undelivered === undefined ? error : Object.assign(error, { undelivered }));
    },
  };
}

async function sentOf(calls: readonly unknown[]): Promise<readonly boolean[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((one) => {
    if (one.status === 'rejected' && one.reason instanceof ConnectionClosedError) return one.reason.sent;
    throw new Error('the call has not failed by the end of the connection');
  });
}

test('without a word about it, what was handed over may have run', async () => {
  const { peer, breakOff } = peerOver();
  const calls: unknown[] = [peer.call.a(), peer.call.b()];
  breakOff();
  expect(await sentOf(calls)).toEqual([true, true]);
});

test('calls among the last messages that certainly did not arrive did not run', async () => {
  const { peer, breakOff } = peerOver();
  const calls: unknown[] = [peer.call.a(), peer.call.b()];
  peer.notify.c(); // a message, too
  calls.push(peer.call.d());
  breakOff(2);
  calls.push(peer.call.tooLate());
  expect(await sentOf(calls)).toEqual([true, true, false, false]);
});

test('more than there were is none at all', async () => {
  const { peer, breakOff } = peerOver();
  const calls: unknown[] = [peer.call.a()];
  breakOff(7);
  expect(await sentOf(calls)).toEqual([false]);
});

test("what an error of another connection says is not taken for this one's", async () => {
  const { peer } = peerOver();
  const calls: unknown[] = [peer.call.a()];
  peer.abort(Object.assign(new Error('the upstream was lost'), { undelivered: 5 }));
  expect(await sentOf(calls)).toEqual([true]);
});
