import { equal } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, createServer, currentCall, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

let watchers = 0;

// #region endless
class Clock extends Handler {
  async *ticks(everyMs: number): AsyncGenerator<Date, void> {
    const { signal } = currentCall();
    watchers++;
    try {
      for (;;) {
        yield new Date();
        await delay(everyMs, undefined, { signal }); // does not wait on for nobody
      }
    } finally {
      watchers--; // its reader has left, or is gone
    }
  }
}
// #endregion

const network = memory();
await using _server = await createServer(network, () => new Clock());
await using peer = await connect<Clock>(network);

let seen = 0;

// #region reading
for await (const tick of peer.pipe.ticks(10)) {
  if (tick.getTime() > 0 && ++seen === 3) break; // that is how one leaves
}
// #endregion

await peer.ping();
await delay(1);
equal(watchers, 0);
