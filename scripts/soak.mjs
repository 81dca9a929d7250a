// Millions of calls, objects and callbacks over TCP in one process: does the heap grow? Run by `npm run soak`.
//
//   npm run soak                 five million of each mixture: some minutes
//   npm run soak -- --calls 1e5  fewer
import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '5e6' } } });
const CALLS = Number(values.calls);
const BURST = 500;
const SAMPLES = 40;
/** Of heap, for a million calls: more is a leak. */
const MAX_GROWTH_BYTES = 1e6;

if (!globalThis.gc) throw new Error('run with node --expose-gc');

class Item extends Handler {
  value() {
    return 1;
  }
}

class Api extends Handler {
  add(a, b) {
    return a + b;
  }
  item() {
    return new Item();
  }
  visit(callback) {
    return callback(1);
  }
  *items() {
    yield 1;
    yield 2;
  }
}

const mixtures = {
  calls: async (peer) => {
    await Promise.all(Array.from({ length: BURST }, (_, i) => peer.call.add(i, 1)));
  },
  objects: async (peer) => {
    const items = await Promise.all(Array.from({ length: BURST / 2 }, () => peer.call.item()));
    await Promise.all(items.map((item) => item.call.value()));
    for (const item of items) item.close();
  },
  callbacks: async (peer) => {
    await Promise.all(Array.from({ length: BURST }, (_, i) => peer.call.visit((value) => value + i)));
  },
  streams: async (peer) => {
    const read = async () => {
      for await (const _ of peer.pipe.items());
    };
    await Promise.all(Array.from({ length: BURST }, read));
  },
};

let failed = false;
for (const [name, burst] of Object.entries(mixtures)) {
  const server = await createServer(tcp({ port: 0 }), () => new Api());
  const peer = await connect(tcp({ port: server.address.port }));
  const samples = [];
  const every = Math.max(1, Math.floor(CALLS / BURST / SAMPLES));
  for (let done = 0; done < CALLS / BURST; done++) {
    await burst(peer);
    if (done % every !== 0) continue;
    await turn();
    globalThis.gc();
    samples.push([(done * BURST) / 1e6, process.memoryUsage().heapUsed]);
    if (process.stdout.isTTY) process.stdout.write(`\r${name}: ${done * BURST} of ${CALLS} `);
  }
  const growth = slope(samples.slice(samples.length / 2)); // what warms up has warmed up by then
  const isLeak = growth > MAX_GROWTH_BYTES;
  failed ||= isLeak;
  const text = `${(growth / 1e6).toFixed(3)} MB for a million`;
  console.log(
    `${process.stdout.isTTY ? '\r' : ''}${name}: ${CALLS} done, heap ${isLeak ? 'GROWS' : 'stays'}: ${text}`,
  );
  await peer.close();
  await server.close();
}
process.exitCode = failed ? 1 : 0;

/** The median of those between any two points: a table that is doubled once is a step, and no slope. */
function slope(points) {
  const slopes = points.flatMap(([x, y], i) => points.slice(i + 1).map(([x2, y2]) => (y2 - y) / (x2 - x)));
  return slopes.sort((a, b) => a - b)[slopes.length >> 1];
}
