import { currentCall, Handler, type Peer, type PeerOptions } from '@bjsonrpc/peer';
import { memory, VirtualClock } from '@bjsonrpc/transport-memory';
import { describe, expect, test } from 'vitest';
import { openSession, type Session } from '../../../../test/scenarios/session.ts';

const LATENCY_MS = 50;
const ROUND_TRIP_MS = 2 * LATENCY_MS;

class Node extends Handler {
  readonly depth: number;
  constructor(depth = 0) {
    super();
    this.depth = depth;
  }
  child(): Node {
    return new Node(this.depth + 1);
  }
  value(): number {
    return this.depth;
  }
  deepest(a: Node, b: Node): number {
    return Math.max(a.depth, b.depth);
  }
}

interface Far<Api> extends Session<Api, Handler> {
  readonly clock: VirtualClock;
  /** Runs in virtual time, and tells how much of it an outcome took. */
  timed<T>(run: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }>;
  readonly received: string[];
}

/** Two peers with 50 ms between them, in virtual time. They have to be closed in it as well. */
async function withFarPeer<Api>(
  options: { readonly api: object; readonly clientApi?: object; readonly server?: PeerOptions },
  scenario: (far: Far<Api>) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const network = memory({ latencyMs: LATENCY_MS, clock });
  const received: string[] = [];
  const timed: Far<Api>['timed'] = async (run) => {
    const start = clock.now();
    let end = Number.NaN;
    const outcome = run().finally(() => {
      end = clock.now();
    });
    outcome.catch(() => {});
    await clock.advance(100_000);
    return { value: await outcome, ms: end - start };
  };
  const session = await openSession<Api, Handler>(
    { name: 'far memory', open: () => ({ listener: network, dialler: () => network }) },
    {
      api: options.api,
      ...(options.clientApi && { clientApi: options.clientApi }),
      greeted: false,
      serverOptions: {
        clock,
        timeout: 0,
        ...options.server,
        onWire: ({ direction, text }) => direction === 'received' && received.push(text),
      },
      clientOptions: {
        clock,
        timeout: 0,
        onWire: ({ direction, text }) => direction === 'received' && received.push(text),
      },
    },
  );
  await timed(() => session.client.ping().catch(() => {}));
  await scenario({ ...session, clock, timed, received });
  await timed(() => session.client.close());
}

describe('round trips, measured with latency in virtual time', () => {
  const chain = (client: Peer<Node>): Promise<number> => client.call.child().call.child().call.value();

  test('three chained calls are one round trip', async () => {
    await withFarPeer<Node>({ api: new Node() }, async ({ client, timed }) => {
      expect(await timed(() => chain(client))).toEqual({ value: 2, ms: ROUND_TRIP_MS });
      const ten = (): Promise<number> => {
        let node = client.call.child();
        for (let i = 1; i < 10; i++) node = node.call.child();
        return node.call.value();
      };
      expect(await timed(ten)).toEqual({ value: 10, ms: ROUND_TRIP_MS });
    });
  });

  test('with an old peer they are three, and the same program gives the same', async () => {
    await withFarPeer<Node>({ api: new Node(), server: { extensions: false } }, async ({ client, timed }) => {
      expect(await timed(() => chain(client))).toEqual({ value: 2, ms: 3 * ROUND_TRIP_MS });
    });
  });

  test('promises as arguments cost no round trip', async () => {
    const run = ({ call }: Peer<Node>): Promise<number> =>
      call.deepest(call.child().call.child(), call.child());
    await withFarPeer<Node>({ api: new Node() }, async ({ client, timed }) => {
      expect(await timed(() => run(client))).toEqual({ value: 2, ms: ROUND_TRIP_MS });
    });
    await withFarPeer<Node>({ api: new Node(), server: { extensions: false } }, async ({ client, timed }) => {
      expect(await timed(() => run(client))).toEqual({ value: 2, ms: 3 * ROUND_TRIP_MS });
    });
  });

  test('a stream of 640 items costs credit, not a round trip for each', async () => {
    const api = {
      *count(n: number) {
        for (let i = 0; i < n; i++) yield i;
      },
    };
    await withFarPeer<typeof api>({ api }, async ({ client, timed }) => {
      const { value, ms } = await timed(async () => {
        let items = 0;
        for await (const _ of client.pipe.count(640)) items++;
        return items;
      });
      expect(value).toBe(640);
      expect(ms).toBeLessThanOrEqual((640 / 32) * ROUND_TRIP_MS);
    });
  });
});

describe('deadlines in virtual time', () => {
  class Waiting extends Handler {
    readonly log: string[];
    readonly clock: () => VirtualClock;
    constructor(log: string[], clock: () => VirtualClock) {
      super();
      this.log = log;
      this.clock = clock;
    }
    sleep(ms: number): Promise<void> {
      return new Promise((resolve) => {
        this.clock().setTimeout(resolve, ms);
      });
    }
    async outer(ms: number): Promise<unknown> {
      const call = currentCall();
      await this.sleep(ms);
      return call.peer.with(call).call.inner?.();
    }
    inner(): Promise<never> {
      const { signal } = currentCall();
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          this.log.push(`inner aborted at ${this.clock().now()}`);
          reject(signal.reason);
        });
      });
    }
  }

  test('a deadline crosses the wire, shrinks on nested calls, and fires on both sides', async () => {
    const log: string[] = [];
    let clock: VirtualClock | undefined;
    const make = (): Waiting => new Waiting(log, () => clock as VirtualClock);
    await withFarPeer<Waiting>({ api: make(), clientApi: make() }, async (far) => {
      clock = far.clock;
      const start = clock.now();
      const { value } = await far.timed(() =>
        far.client
          .with({ timeout: 1000 })
          .call.outer(300)
          .catch((error: unknown) => [error, clock?.now()]),
      );
      expect(value).toMatchObject([{ name: 'TimeoutError' }, start + 1000]);
      const timeouts = far.received.flatMap(
        (text) => (JSON.parse(text) as { timeout?: number }).timeout ?? [],
      );
      expect(timeouts).toEqual([1000, 700]);
      // 1000 ms after the outer call arrived the callee cancels what it had called; that fires 50 ms later at the latest.
      expect(log).toHaveLength(1);
      expect(Number(log[0]?.split(' ').at(-1)) - start).toBeLessThanOrEqual(1000 + ROUND_TRIP_MS);
      await far.emptied();
    });
  });

  test('the default timeout settles a call that nobody answers, and is not told to the other side', async () => {
    const clock = new VirtualClock();
    const network = memory({ latencyMs: 1, clock });
    const { client } = await openSession<{ never(): void }, unknown>(
      { name: 'far memory', open: () => ({ listener: network, dialler: () => network }) },
      { api: { never: () => new Promise(() => {}) }, greeted: false, clientOptions: { clock, timeout: 500 } },
    );
    const failures = [0, 100, 200].map(async (at) => {
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, at));
      const error = await client.call.never().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ name: 'TimeoutError', message: "No answer within 500 ms to 'never'" });
      expect(clock.now()).toBe(at + 500);
    });
    await clock.advance(2000);
    await Promise.all(failures);
    const closed = client.close({ graceMs: 0 });
    await clock.advance(2000);
    await closed;
  });

  test('a silent peer is pinged, and cut off when it stays silent', async () => {
    const clock = new VirtualClock();
    const network = memory({ clock });
    const options = { clock, pingInterval: 1000 };
    const { client, server } = await openSession(
      { name: 'memory', open: () => ({ listener: network, dialler: () => network }) },
      { api: {}, clientOptions: options },
    );
    await clock.advance(10_000);
    expect(client.stats.messagesOut).toBeGreaterThan(5);
    server.abort(new Error('gone'));
    await clock.advance(10_000);
    await client.closed;
  });
});
