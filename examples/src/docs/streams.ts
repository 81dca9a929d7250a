import { deepEqual, equal } from 'node:assert/strict';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';

// #region api
class Api extends Handler {
  async *lines(count: number): AsyncGenerator<string, number> {
    for (let i = 1; i <= count; i++) yield `line ${i}`; // pauses here while its reader is behind
    return count;
  }
  async sum(numbers: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    for await (const number of numbers) sum += number;
    return sum;
  }
}
// #endregion

const network = memory();
await using _server = await createServer(network, () => new Api());
await using peer = await connect<Api>(network);

// #region read
for await (const line of peer.pipe.lines(1000)) {
  if (line === 'line 3') break; // leaving stops the producer
}

async function* numbers(): AsyncGenerator<number> {
  yield* [1, 2, 3];
}
console.log(await peer.call.sum(numbers())); // 6: a stream as an argument
// #endregion

equal(await peer.call.sum(numbers()), 6);
const stream = peer.pipe.lines(1);
deepEqual(
  [await stream.next(), await stream.next()],
  [
    { done: false, value: 'line 1' },
    { done: true, value: 1 },
  ],
);
