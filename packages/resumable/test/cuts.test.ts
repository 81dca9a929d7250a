import { connect, createServer, type Peer, type Server } from '@bjsonrpc/peer';
import type { ListenerAddress, Transport } from '@bjsonrpc/protocol';
import { type ResumableOptions, resumable, SessionLostError } from '@bjsonrpc/resumable';
import { tcp } from '@bjsonrpc/transport-tcp';
import { ws } from '@bjsonrpc/transport-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type BothWays, FaultProxy, type Faults } from '../../../test/hostile/fault-proxy.ts';

// `npm run cuts` cuts at every byte; here it is at some of them.
const step = Number(process.env.CUT_STEP ?? 193);
/** So many sessions at once. */
const AT_ONCE = 24;

/** For sessions time passes so much faster: what is silent is soon found out. */
function hasty(factor: number): ResumableOptions {
  return {
    clock: {
      now: () => factor * performance.now(),
      setTimeout: (callback, ms) => setTimeout(callback, ms / factor),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
  };
}
/** As long as the session is kept: a few attempts of a busy machine may fail. */
const dialling: ResumableOptions = { ...hasty(20), giveUp: ({ awayMs }) => awayMs > 320_000 };
/** Less so where a claim is waited for, which must find its way through a busy machine. */
const accepting: ResumableOptions = { ...hasty(4), ackMs: 1000, silenceMs: 3000, keepMs: 64_000 };

const over: {
  readonly [name: string]: {
    listening: Transport;
    dialling(address: ListenerAddress, port: number): Transport;
  };
} = {
  tcp: { listening: tcp({ port: 0 }), dialling: (_, port) => tcp({ port }) },
  ws: {
    listening: ws({ port: 0, allowedHosts: ['127.0.0.1', 'localhost'] }),
    dialling: (_, port) => ws({ url: `ws://127.0.0.1:${port}`, use: 'ws' }),
  },
};
const ways = ['up', 'down'] as const;
const kinds = ['reset', 'end', 'silence'] as const;

const runs = new Map<string, number>();
const api = {
  run(op: string): string {
    runs.set(op, (runs.get(op) ?? 0) + 1);
    return op;
  },
  async *count(to: number): AsyncGenerator<number> {
    for (let i = 0; i < to; i++) yield i;
  },
  echo: (bytes: Uint8Array): Uint8Array => bytes,
  async *pieces(count: number): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i++) yield piece(i);
  },
  callBack: async (fn: (n: number) => Promise<number>): Promise<number> => await fn(20),
};
type Api = typeof api;

/** Long enough to go beside its message. */
function piece(seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 260 }, (_, i) => seed + i);
}

let sessions = 0;

/** A little of everything: about as many bytes up as down. */
async function session(transport: Transport): Promise<'done' | 'never begun'> {
  const name = `session ${sessions++}`;
  let peer: Peer<Api>;
  try {
    peer = await connect<Api>(transport, { timeout: 15_000, pingInterval: 0 });
  } catch {
    return 'never begun'; // the WebSocket's own handshake was cut
  }
  try {
    for (let i = 0; i < 3; i++) {
      const ops = [0, 1].map((n) => `${name}: ${i} ${n}`);
      expect(await Promise.all(ops.map((op) => peer.call.run(op)))).toEqual(ops);
    }
    let sum = 0;
    for await (const n of peer.pipe.count(5)) sum += n;
    expect(sum).toBe(10);
    expect(await peer.call.echo(piece(7))).toEqual(piece(7));
    const pieces: Uint8Array[] = [];
    for await (const one of peer.pipe.pieces(2)) pieces.push(one);
    expect(pieces).toEqual([piece(0), piece(1)]);
    expect(await peer.call.callBack(async (n) => n + 1)).toBe(21);
    await peer.close();
    for (const [op, times] of runs) if (op.startsWith(`${name}:`)) expect([op, times]).toEqual([op, 1]);
    return 'done';
  } catch (error) {
    const { error: why } = await peer.closed;
    // A first claim that was cut on its way: nobody knows whether it has been there.
    if (why instanceof SessionLostError && why.reason === 'unknown' && !runs.has(`${name}: 0 0`))
      return 'never begun';
    throw error;
  }
}

async function serve(transport: Transport): Promise<Server> {
  const server = await createServer(resumable(transport, accepting), () => api, {
    onError: () => {},
  });
  onTestFinished(() => server.close({ graceMs: 0 }));
  return server;
}

async function through(
  place: (typeof over)[string],
  server: Server,
  faultsOf: (connection: number) => BothWays,
): Promise<{
  readonly outcome: 'done' | 'never begun';
  readonly bytes: { readonly up: number; readonly down: number };
  readonly connections: number;
}> {
  const port = server.address.port ?? Number(new URL(server.address.url ?? '').port);
  await using proxy = await FaultProxy.open({ port, faultsOf });
  const outcome = await session(resumable(place.dialling(server.address, proxy.port), dialling));
  return { outcome, bytes: { up: proxy.bytesUp, down: proxy.bytesDown }, connections: proxy.connections };
}

/** Runs all, so many at once. */
async function all<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const timeout = 20_000 + 2_000_000 / step;

describe.each(Object.keys(over))('over %s', (name) => {
  const place = over[name] as (typeof over)[string];

  test('cut at any byte, in any way', { timeout }, async () => {
    const server = await serve(place.listening);
    const whole = await through(place, server, () => ({}));
    expect(whole.outcome).toBe('done');
    const cuts = ways.flatMap((way) =>
      kinds.flatMap((cut) => {
        const count = Math.ceil(whole.bytes[way] / step);
        return Array.from({ length: count }, (_, i) => ({
          way,
          faults: { cutAfterBytes: 1 + i * step, cut } as Faults,
        }));
      }),
    );
    const sums = { done: 0, 'never begun': 0, connections: 0 };
    await all(cuts, async ({ way, faults }) => {
      const { outcome, connections } = await through(place, server, (n) =>
        n === 0 ? { [way]: faults } : {},
      );
      sums[outcome]++;
      sums.connections += connections;
    });
    process.stdout.write(`${name}: ${cuts.length} cuts, ${JSON.stringify(sums)}\n`);
    expect(sums.done).toBeGreaterThan(cuts.length / 2);
    await expect.poll(() => server.connections.size, { timeout: 25_000 }).toBe(0);
  });

  test('cut again in the middle of coming back', { timeout }, async () => {
    const server = await serve(place.listening);
    const { bytes } = await through(place, server, () => ({}));
    const first = { down: { cutAfterBytes: Math.floor(bytes.down * 0.6), cut: 'reset' } as Faults };
    // The claim, the verdict, and what is sent again.
    const cuts = ways.flatMap((way) =>
      kinds.flatMap((cut) =>
        Array.from({ length: Math.ceil(700 / step) }, (_, i) => ({
          way,
          faults: { cutAfterBytes: 1 + i * step, cut } as Faults,
        })),
      ),
    );
    let connections = 0;
    await all(cuts, async ({ way, faults }) => {
      const outcome = await through(place, server, (n) =>
        n === 0 ? first : n === 1 ? { [way]: faults } : {},
      );
      expect(outcome.outcome).toBe('done');
      connections += outcome.connections;
    });
    process.stdout.write(`${name}: ${cuts.length} cuts of a resume, ${connections} connections\n`);
    expect(connections).toBeGreaterThan(2.5 * cuts.length);
    await expect.poll(() => server.connections.size, { timeout: 25_000 }).toBe(0);
  });
});
