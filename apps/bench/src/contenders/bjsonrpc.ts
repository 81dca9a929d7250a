/** This project's own peers, over whichever transport: as a program would use them, with every limit and extension on. */
import { connect, createServer, Handler, type Peer, type RemoteObject, type Transport } from '@bjsonrpc/peer';
import type { ContenderClient, ContenderServer, Item, OriginalPart, Total, Transfer } from '../contender.js';
import { add, chunks, Tally } from './tally.js';
import { parts, take } from './transfer.js';

class Link extends Handler {
  readonly #depth: number;
  constructor(depth: number) {
    super();
    this.#depth = depth;
  }
  next(): Link {
    return new Link(this.#depth + 1);
  }
  depth(): number {
    return this.#depth;
  }
}

/** What every contender publishes, and the methods of the original's example server. */
class Api extends Handler {
  readonly #tally = new Tally();
  add(a: number, b: number): number {
    return add(a, b);
  }
  echo(value: readonly Item[]): readonly Item[] {
    return value;
  }
  note(value: number): void {
    this.#tally.note(value);
  }
  total(): Total {
    return this.#tally.total();
  }
  link(): Link {
    return new Link(1);
  }
  async callbacks(count: number, callback: (value: number) => number | Promise<number>): Promise<number> {
    const answers: (number | Promise<number>)[] = [];
    for (let i = 0; i < count; i++) answers.push(callback(i));
    await Promise.all(answers);
    return count;
  }
  *stream(items: number, itemBytes: number): Generator<string, void> {
    yield* chunks(items, itemBytes);
  }
  bytes(transfer: Transfer): Generator<Uint8Array, void> | AsyncIterable<Uint8Array> {
    return parts(transfer);
  }

  addvalue(value: number): void {
    this.#tally.note(value);
  }
  gettotal(): number {
    return this.#tally.total().sum;
  }
  getcount(): number {
    return this.#tally.total().count;
  }
  getrandom(): number {
    return Math.floor(Math.random() * 101);
  }
}

/** Serves over a transport that listens on a free port, or on none. */
export async function serveBjsonrpc(transport: Transport): Promise<ContenderServer> {
  const server = await createServer(transport, () => new Api());
  return { port: server.address.port ?? 0, close: () => server.close({ graceMs: 0 }) };
}

export async function connectBjsonrpc(transport: Transport): Promise<ContenderClient> {
  const peer = await connect<Api>(transport);
  return {
    add: (a, b) => peer.call.add(a, b),
    method: (a, b) => peer.method.add(a, b).value,
    echo: (value) => peer.call.echo(value),
    note: (value) => peer.notify.note(value),
    total: () => peer.call.total(),
    callbacks: (count) => peer.call.callbacks(count, (value: number) => value),
    stream: async (items, itemBytes) => {
      let count = 0;
      for await (const _ of peer.pipe.stream(items, itemBytes)) count += 1;
      return count;
    },
    bytes: (transfer) => take(peer.pipe.bytes(transfer), transfer),
    objects: async (count) => {
      const held = await Promise.all(Array.from({ length: count }, () => peer.call.link()));
      return {
        release: async () => {
          for (const link of held) link.close();
          held.length = 0;
        },
      };
    },
    chain: (steps, way) => chain(peer, steps, way),
    original: async (counts) => ({
      notify: await part(peer, counts.notify, notifications),
      method: await part(peer, counts.method, pipelinedCalls),
      call: await part(peer, counts.call, calls),
    }),
    close: () => peer.close({ graceMs: 0 }),
  };
}

async function chain(peer: Peer<Api>, steps: number, way: 'awaited' | 'pipelined'): Promise<number> {
  if (way === 'awaited') {
    let link: RemoteObject<Link> = await peer.call.link();
    for (let i = 1; i < steps; i++) link = await link.call.next();
    return link.call.depth();
  }
  let link = peer.call.link();
  for (let i = 1; i < steps; i++) link = link.call.next();
  return link.call.depth();
}

// The original's own benchmark, line for line.

async function notifications(peer: Peer<Api>, count: number): Promise<void> {
  let total = 0;
  for (let i = 0; i < count; i++) {
    const value = Math.random() * 200 - 100;
    total += value;
    peer.notify.addvalue(value);
  }
  const [theirTotal, theirCount] = [peer.method.gettotal(), peer.method.getcount()];
  if (Number.isNaN((await theirTotal.value) - total) || (await theirCount.value) < count)
    throw new Error('some notifications are lost');
}

async function pipelinedCalls(peer: Peer<Api>, count: number): Promise<void> {
  const requests = [];
  for (let i = 0; i < count; i++) requests.push(peer.method.getrandom());
  let sum = 0;
  for (const request of requests) sum += await request.value;
  if (!(sum >= 0)) throw new Error('some answers are no numbers');
}

async function calls(peer: Peer<Api>, count: number): Promise<void> {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await peer.call.getrandom();
  if (!(sum >= 0)) throw new Error('some answers are no numbers');
}

async function part(
  peer: Peer<Api>,
  count: number,
  run: (peer: Peer<Api>, count: number) => Promise<void>,
): Promise<OriginalPart> {
  const before = peer.stats;
  const start = performance.now();
  await run(peer, count);
  const seconds = (performance.now() - start) / 1000;
  const after = peer.stats;
  return { count, seconds, bytes: after.bytesIn - before.bytesIn + after.bytesOut - before.bytesOut };
}
