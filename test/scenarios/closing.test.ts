import { connect as connectSocket } from 'node:net';
import { until } from '@bjsonrpc/duplex-suite';
import { connect, createServer, currentCall, Handler, type Peer, RpcError } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { expect, test } from 'vitest';
import { expectEmpty, overTransports } from './session.ts';

class Api extends Handler<Api> {
  closings = 0;
  finish: (value: string) => void = () => {};
  aborted = false;

  add(a: number, b: number): number {
    return a + b;
  }
  slow(): Promise<string> {
    currentCall().signal.addEventListener('abort', () => {
      this.aborted = true;
    });
    return new Promise((resolve) => {
      this.finish = resolve;
    });
  }
  bounce(depth: number): number | Promise<number> {
    const { peer } = currentCall();
    return depth === 0 ? 0 : (peer as Peer<Api>).call.bounce(depth - 1).then((n) => n + 1);
  }
  fail(): never {
    throw new RpcError('as told');
  }
  protected override onClose(): void {
    this.closings++;
  }
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** How a promise settles, and how often it says so. */
function watch(promise: Promise<unknown>): { readonly outcomes: Outcome[] } {
  const outcomes: Outcome[] = [];
  promise.then(
    (value) => outcomes.push({ value }),
    (error: unknown) => outcomes.push({ error }),
  );
  return { outcomes };
}

overTransports((open) => {
  test('a graceful close lets running calls finish, and takes no new ones', async () => {
    const api = new Api();
    const { client, server } = await open<Api>({ api });
    const running = client.call.slow();
    await until('the call runs', () => server.stats.running === 1);
    const closing = server.close();
    const late = client.call.add(1, 2);
    await expect(late).rejects.toMatchObject({ name: 'ConnectionClosedError' }); // refused here, or there
    api.finish('done');
    expect(await running).toBe('done');
    await Promise.all([closing, client.closed]);
    expect(api.closings).toBe(1);
    await expect(client.call.add(1, 2)).rejects.toMatchObject({ name: 'ConnectionClosedError', sent: false });
    client.notify.add(1, 2);
    await client.close();
  });

  test('what was answered before a close arrives', async () => {
    const { client, server } = await open<Api>({ api: new Api() });
    const calls = Array.from({ length: 100 }, (_, i) => client.call.add(i, 1));
    await until('all have arrived', () => server.stats.messagesIn >= 100);
    await server.close();
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  test('the grace of a close is bounded', async () => {
    const api = new Api();
    const { client, server } = await open<Api>({ api });
    const failure = expect(client.call.slow()).rejects.toMatchObject({
      name: 'ConnectionClosedError',
      sent: true,
    });
    await until('the call runs', () => server.stats.running === 1);
    await server.close({ graceMs: 10 });
    await failure;
    expect(api.aborted).toBe(true);
    expectEmpty(server);
    api.finish('too late');
  });

  test('a close fails what this side still waits for; both sides may close at once', async () => {
    const { client, server } = await open<Api, Api>({ api: new Api(), clientApi: new Api() });
    const calls = [client.call.slow(), server.call.slow()];
    const failures = calls.map((call) =>
      expect(call).rejects.toMatchObject({ name: 'ConnectionClosedError', sent: true }),
    );
    await until('both run', () => client.stats.running + server.stats.running === 2);
    await Promise.all([client.close({ graceMs: 5 }), server.close({ graceMs: 5 }), client.close()]);
    await Promise.all(failures);
  });

  test('an abort settles every pending call exactly once', async () => {
    const { client, server } = await open<Api>({ api: new Api() });
    const watched = Array.from({ length: 50 }, () => watch(client.call.slow()));
    await until('they run', () => server.stats.running === 50);
    client.abort(new Error('enough'));
    await Promise.all([client.closed, server.closed]);
    await until('all are settled', () => watched.every(({ outcomes }) => outcomes.length > 0));
    for (const { outcomes } of watched) {
      expect(outcomes).toHaveLength(1);
      expect(outcomes[0]).toMatchObject({
        error: {
          message: expect.stringMatching(/^The connection is closed: enough; '\w+' may have run$/),
          sent: true,
        },
      });
    }
  });

  test('deep recursion: A calls B calls A', async () => {
    const { client, emptied } = await open<Api, Api>({ api: new Api(), clientApi: new Api() });
    expect(await client.call.bounce(500)).toBe(500);
    await emptied();
  });

  test('answers find their calls in any order', async () => {
    const answers = new Map<number, () => void>();
    const api = {
      held: (n: number) =>
        new Promise<number>((resolve) => {
          answers.set(n, () => resolve(n));
        }),
    };
    const { client, emptied } = await open<typeof api>({ api });
    const order: number[] = [];
    const calls = [0, 1, 2, 3, 4].map((n) => client.call.held(n).finally(() => order.push(n)));
    await until('all are here', () => answers.size === 5);
    const shuffled = [3, 0, 4, 2, 1];
    for (const n of shuffled) answers.get(n)?.();
    expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4]);
    expect(order).toEqual(shuffled);
    await emptied();
  });

  test('beyond maxRunningCalls calls wait, and begin in the order of their arrival', async () => {
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const api = {
      step: async (n: number) => {
        begun.push(n);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return n;
      },
    };
    const { client, emptied } = await open<typeof api>({
      api,
      serverOptions: { limits: { maxRunningCalls: 3 } },
    });
    const numbers = Array.from({ length: 500 }, (_, i) => i);
    expect(await Promise.all(numbers.map((n) => client.call.step(n)))).toEqual(numbers);
    expect(begun).toEqual(numbers);
    expect(most).toBe(3);
    await emptied();
  });

  test('a handler whose onOpen throws closes its connection', async () => {
    class Refusing extends Handler {
      protected override onOpen(): void {
        throw new Error('not today');
      }
    }
    const { client } = await open({ api: new Refusing(), greeted: false }).catch(() => ({
      client: undefined,
    }));
    await client?.closed;
  });
});

test('a server closes all of its connections, and refuses new ones', async () => {
  const api = new Api();
  const server = await createServer(tcp({ port: 0 }), () => api);
  const { port } = server.address;
  const peers = await Promise.all(Array.from({ length: 5 }, () => connect<Api>(tcp({ port: port ?? 0 }))));
  expect(await Promise.all(peers.map((peer) => peer.call.add(1, 2)))).toEqual([3, 3, 3, 3, 3]);
  expect(server.connections.size).toBe(5);
  await server.close();
  await Promise.all(peers.map((peer) => peer.closed));
  expect(server.connections.size).toBe(0);
  expect(api.closings).toBe(1); // one handler for all: finished with the last of them
  for (const peer of peers) expectEmpty(peer);
  await expect(connect(tcp({ port: port ?? 0 }))).rejects.toThrow('Cannot connect');
});

test('a reset in the middle of a line: the calls before it have run, and everything settles once', async () => {
  const errors: unknown[] = [];
  const api = new Api();
  const server = await createServer(tcp({ port: 0 }), () => api, { onError: (error) => errors.push(error) });
  const socket = connectSocket({ port: server.address.port ?? 0, host: '127.0.0.1' });
  socket.on('error', () => {});
  await until('it is accepted', () => server.connections.size === 1);
  const [peer] = server.connections as unknown as Iterable<Peer>;
  if (!peer) throw new Error('no connection');
  const outgoing = watch(peer.call.anything?.() ?? Promise.resolve());
  socket.write('{"method":"slow","id":1}\n{"method":"add","params":[1,');
  await until('the call runs', () => peer.stats.running === 1);
  socket.resetAndDestroy();
  await peer.closed;
  await until('the outgoing call settled', () => outgoing.outcomes.length > 0);
  expect(outgoing.outcomes).toMatchObject([{ error: { name: 'ConnectionClosedError', sent: true } }]);
  expect(api.aborted).toBe(true);
  expect(api.closings).toBe(1);
  expectEmpty(peer);
  api.finish('nobody listens');
  await server.close();
  expectEmpty(peer);
  expect(errors).toMatchObject([{ message: expect.stringContaining('ECONNRESET') }]);
});
