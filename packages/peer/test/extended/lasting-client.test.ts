import {
  ConnectionClosedError,
  createServer,
  currentCall,
  Handler,
  type Server,
  TimeoutError,
} from '@bjsonrpc/peer';
import { type LastingChange, LastingClient, type LastingOptions } from '@bjsonrpc/peer/lasting';
import { type MemoryNetwork, memory, VirtualClock } from '@bjsonrpc/transport-memory';
import { expect, onTestFinished, test } from 'vitest';

class Api extends Handler {
  readonly runs: string[];
  constructor(runs: string[]) {
    super();
    this.runs = runs;
  }
  run(what: string): string {
    this.runs.push(what);
    return what.toUpperCase();
  }
  async never(what: string): Promise<void> {
    this.runs.push(what);
    await new Promise((_, reject) => {
      const { signal } = currentCall();
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
}

interface Scene<Value> {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly client: LastingClient<Api, Value>;
  readonly changes: LastingChange[];
  readonly runs: string[];
  server(): Server;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function scene<Value = undefined>(options: LastingOptions<Api, Value> = {}): Promise<Scene<Value>> {
  const clock = new VirtualClock();
  const network = memory();
  const changes: LastingChange[] = [];
  const runs: string[] = [];
  const common = { clock, random: () => 0.5, onError: () => {} };
  let server: Server;
  const restart = async (): Promise<void> => {
    server = await createServer(network, () => new Api(runs), common);
  };
  const stop = async (): Promise<void> => {
    const closing = server.close({ graceMs: 0 });
    await clock.advance(300);
    await closing;
  };
  await restart();
  const onState = (change: LastingChange): void => void changes.push(change);
  const client = new LastingClient<Api, Value>(network, { ...common, onState, ...options });
  onTestFinished(async () => {
    const closing = client.close({ graceMs: 0 });
    await clock.advance(1000);
    await closing;
    await stop();
    expect(clock.pending).toBe(0);
  });
  return { clock, network, client, changes, runs, server: () => server, restart, stop };
}

test('calls wait for the first connection', async () => {
  const { client, clock, changes } = await scene();
  const answer = client.call.run('a');
  await clock.advance(0);
  expect(await answer).toBe('A');
  expect(changes).toEqual([
    { state: 'opening', count: 0, error: undefined },
    { state: 'open', count: 1, error: undefined },
  ]);
});

test('a call that has not left is made on the next peer; one that may have run is for the program', async () => {
  const { client, clock, network, runs, changes } = await scene();
  await clock.advance(6000);
  const under = client.call.never('under way');
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  const failed = under.catch((error: unknown) => error);
  await clock.advance(0);
  expect(await failed).toBeInstanceOf(ConnectionClosedError);
  expect(((await failed) as ConnectionClosedError).sent).toBe(true);
  const waiting = client.call.run('made while away');
  await clock.advance(2000);
  expect(client.peer).toBeUndefined();
  network.dials = 'connect';
  await clock.advance(10_000);
  expect(await waiting).toBe('MADE WHILE AWAY');
  expect(runs).toEqual(['under way', 'made while away']);
  expect(changes.filter(({ state }) => state === 'waiting').map(({ retryMs }) => retryMs)).toEqual([
    50, 250, 500, 1000, 2000,
  ]);
});

test('a server that leaves is waited for', async () => {
  const { client, clock, server, restart, runs } = await scene();
  await clock.advance(0);
  const closing = server().close();
  const call = client.call.run('a');
  await clock.advance(300);
  await closing;
  await restart();
  await clock.advance(10_000);
  expect(await call).toBe('A');
  expect(runs).toEqual(['a']);
});

test('nobody gets a peer before it is restored', async () => {
  const openings: unknown[] = [];
  let failing = 0;
  const { client, clock, network, runs } = await scene<string>({
    open: async (peer, { count, error }) => {
      openings.push([count, error?.message]);
      if (failing-- > 0) throw new Error('not yet');
      return await peer.call.run(`subscribed ${count}`);
    },
  });
  const first = client.use((_, value) => value);
  await clock.advance(0);
  expect(await first).toBe('SUBSCRIBED 0');
  failing = 2;
  network.cut();
  await clock.advance(0);
  const next = client.call.run('a');
  await clock.advance(5000);
  expect(await next).toBe('A');
  expect(runs).toEqual(['subscribed 0', 'subscribed 1', 'a']);
  expect(openings).toEqual([
    [0, undefined],
    [1, 'The connection was cut'],
    [1, 'not yet'],
    [1, 'not yet'],
  ]);
});

test('what is used runs once, whatever becomes of it', async () => {
  const { client, clock, network } = await scene();
  await clock.advance(0);
  let times = 0;
  const used = client.use(async (peer) => {
    times++;
    network.cut();
    await peer.closed;
    return await peer.call.run('too late');
  });
  const failed = used.catch((error: unknown) => error);
  await clock.advance(5000);
  expect(await failed).toMatchObject({ name: 'ConnectionClosedError', sent: false });
  expect(times).toBe(1);
});

test('nobody waits for longer than he said', async () => {
  const { client, clock, network } = await scene({ timeout: 3000 });
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(0);
  const stop = new AbortController();
  const outcomes = [
    client.call.run('a'),
    client.use(() => {}, { timeout: 1000 }),
    client.use(() => {}, { timeout: 0, signal: stop.signal }),
  ].map((promise) => promise.catch((error: unknown) => error));
  await clock.advance(1000);
  expect(await outcomes[1]).toBeInstanceOf(TimeoutError);
  await clock.advance(2000);
  expect(await outcomes[0]).toBeInstanceOf(TimeoutError);
  stop.abort(new Error('never mind'));
  expect(await outcomes[2]).toMatchObject({ message: 'never mind' });
});

test('a kick tries at once', async () => {
  let kick = (): void => {};
  const { client, clock, network, changes } = await scene({
    wake: (given) => {
      kick = given;
      return () => {
        kick = () => {};
      };
    },
  });
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(20_000);
  network.dials = 'connect';
  expect(changes.at(-1)).toMatchObject({ state: 'waiting', retryMs: 5000 });
  kick();
  await clock.advance(0);
  expect(client.peer).toBeDefined();
});

test('it can be given up', async () => {
  const { client, clock, network, changes } = await scene({ giveUp: ({ attempts }) => attempts === 3 });
  await clock.advance(0);
  network.dials = 'refuse';
  network.cut();
  await clock.advance(0);
  const call = client.call.run('a').catch((error: unknown) => error);
  await clock.advance(20_000);
  const error = expect.objectContaining({ message: expect.stringContaining('nobody listens') });
  expect(await client.closed).toEqual({ error });
  expect(await call).toMatchObject({ name: 'ConnectionClosedError', sent: false });
  expect(changes.at(-1)?.state).toBe('closed');
});

test('closing ends it in any state', async () => {
  for (const dials of ['connect', 'refuse', 'hang'] as const) {
    const { client, clock, network, changes } = await scene();
    await clock.advance(100);
    network.dials = dials;
    if (dials !== 'connect') network.cut();
    await clock.advance(1000);
    const closing = client.close();
    await clock.advance(1000);
    await closing;
    expect(await client.closed).toEqual({ error: undefined });
    expect(changes.at(-1)).toEqual({ state: 'closed', count: 1, error: undefined });
    await expect(client.call.run('late')).rejects.toMatchObject({ sent: false });
  }
});

test('each peer gets a handler of its own', async () => {
  let made = 0;
  const { clock, network } = await scene({
    handler: () => {
      made++;
      return { ping: () => 'pong' };
    },
  });
  await clock.advance(0);
  network.cut();
  await clock.advance(1000);
  expect(made).toBe(2);
});

test('options are checked', () => {
  const network = memory();
  expect(() => new LastingClient(network, { onstate: () => {} } as object)).toThrow(
    /there is no option 'onstate'; there are handler, .*onState/,
  );
  expect(() => new LastingClient('ws://localhost' as never)).toThrow('transport must be one');
  expect(() => new LastingClient(network, { open: 5 } as object)).toThrow('open must be a function');
});
