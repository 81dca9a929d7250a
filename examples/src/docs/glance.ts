import { deepEqual, equal } from 'node:assert/strict';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

class List extends Handler {
  readonly #items: number[] = [];
  add(item: number): number {
    return this.#items.push(item);
  }
}

interface Client {
  name(): string;
}

class Api extends Handler<Client> {
  newList(): List {
    return new List();
  }
  *tick(count: number): Generator<number> {
    for (let i = 0; i < count; i++) yield i;
  }
  async greet(): Promise<string> {
    return `hello ${await this.peer.call.name()}`;
  }
  async each(numbers: number[], visit: (n: number) => unknown): Promise<void> {
    for (const n of numbers) await visit(n);
  }
}

const network = memory();
await using _server = await createServer(network, () => new Api());
await using peer = await connect<Api>(network, { handler: { name: () => 'Ada' } });
const seen: number[] = [];

// #region glance
const list = await peer.call.newList(); // an object that stays on the server
await list.call.add(5); // its method
await peer.call.each([1, 2], (n) => seen.push(n)); // a function of ours, called by the server
for await (const n of peer.pipe.tick(3)) seen.push(n); // a stream, as fast as it is read
await peer.call.greet(); // "hello Ada": meanwhile the server has called us
// #endregion

deepEqual(seen, [1, 2, 0, 1, 2]);
equal(await peer.call.greet(), 'hello Ada');
