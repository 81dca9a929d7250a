import { equal, rejects } from 'node:assert/strict';
import { ConnectionClosedError, connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory, VirtualClock } from '@bjsonrpc/transport-memory';

class Api extends Handler {
  add(a: number, b: number): number {
    return a + b;
  }
}

// #region memory
const network = memory(); // where the program has tcp()
await using _server = await createServer(network, () => new Api());
await using peer = await connect<Api>(network);
equal(await peer.call.add(2, 3), 5);
// #endregion

// #region bad-network
const clock = new VirtualClock();
const bad = memory({ seed: 7, latencyMs: 40, jitterMs: 20, cutAfter: 6, clock });
await using _other = await createServer(bad, () => new Api(), { clock });
const unlucky = await connect<Api>(bad, { clock });
const sums = Promise.allSettled([1, 2, 3, 4, 5].map((n) => unlucky.call.add(n, n)));
await clock.advance(1000); // a second passes at once, the same way every time
const last = (await sums).at(-1);
equal(last?.status === 'rejected' && last.reason instanceof ConnectionClosedError, true);
// #endregion

await rejects(unlucky.call.add(1, 1), ConnectionClosedError);
