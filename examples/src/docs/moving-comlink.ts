import { equal } from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { port } from '@bjsonrpc/transport-port';

const { port1: self, port2: worker } = new MessageChannel();

// #region worker
class Counter extends Handler {
  #count = 0;
  increment(): number {
    return ++this.#count;
  }
  async each(tell: (count: number) => void): Promise<void> {
    await tell(this.#count);
  }
}
const served = await createServer(port(self), () => new Counter());
// #endregion

const seen: number[] = [];

// #region page
const counter = await connect<Counter>(port(worker));
await counter.call.increment();
await counter.call.each((count) => seen.push(count)); // a function is passed as it is
// #endregion

equal(seen[0], 1);
await counter.close();
await served.close();
self.close();
