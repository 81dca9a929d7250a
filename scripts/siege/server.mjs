// What is besieged: a server with defaults, in a process of its own with a heap of 1 GiB. It tells its parent how it is.
import { createServer, currentCall, Handler } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';

class Item extends Handler {}

const MEGABYTE = 'x'.repeat(1e6);

class Api extends Handler {
  echo(value) {
    return value;
  }
  never() {
    return new Promise(() => {});
  }
  item() {
    return new Item();
  }
  big() {
    return MEGABYTE;
  }
  async *count() {
    for (let i = 0; ; i++) yield i;
  }
  async hold(stream) {
    const items = stream[Symbol.asyncIterator]();
    await items.next();
    await new Promise(() => {});
  }
  async callBack(fn) {
    await fn();
  }
  async back() {
    await currentCall().peer.call.anything();
  }
}

let peakHeap = 0;
let peakRss = 0;
let longest = 0;
let last = performance.now();
const look = () => {
  const now = performance.now();
  longest = Math.max(longest, now - last - 20);
  last = now;
  const { heapUsed, external, rss } = process.memoryUsage();
  peakHeap = Math.max(peakHeap, heapUsed + external);
  peakRss = Math.max(peakRss, rss);
};
setInterval(look, 20);

const errors = new Map();
const server = await createServer(tcp({ port: 0 }), () => new Api(), {
  onError: ({ message }) => errors.set(message, (errors.get(message) ?? 0) + 1),
});
process.on('message', () => {
  look();
  const stats = { pending: 0, running: 0, exported: 0, imported: 0 };
  for (const peer of server.connections)
    for (const name of Object.keys(stats)) stats[name] += peer.stats[name];
  process.send({
    peakHeap,
    peakRss,
    longest,
    stats,
    connections: server.connections.size,
    errors: [...errors].slice(0, 5),
  });
  peakHeap = peakRss = longest = 0;
  errors.clear();
});
process.send({ port: server.address.port });
