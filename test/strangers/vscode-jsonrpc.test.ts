import { once } from 'node:events';
import { type AddressInfo, connect as dial, createServer as listen, type Socket } from 'node:net';
import {
  CancelledError,
  ConnectionClosedError,
  connect,
  createServer,
  currentCall,
  lsp,
  type Peer,
  RemoteError,
} from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type CancellationToken,
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-jsonrpc/node';
import { patiently } from './patience.ts';

/** What both sides publish. */
interface Side {
  'text/echo'(params: { readonly value: unknown }): { readonly value: unknown };
  /** Calls the other side, that side calls this one, and so on, `depth` times. */
  'text/nest'(params: { readonly depth: number }): number;
  'text/wait'(params: object): never;
  'text/fail'(params: object): never;
  'text/steps'(params: { readonly workDoneToken?: string | number }): null;
  'text/told'(params: { readonly value: number }): void;
}

const framing = 'content-length';

/** Our side, as a handler; what it was told; what it was asked to wait for, and is not any more. */
function ourSide(): { handler: Map<string, (params: never) => unknown>; told: number[]; stopped: unknown[] } {
  const told: number[] = [];
  const stopped: unknown[] = [];
  const handler = new Map<string, (params: never) => unknown>([
    ['text/echo', ({ value }: { value: unknown }) => ({ value })],
    [
      'text/nest',
      async ({ depth }: { depth: number }) => {
        const { call } = currentCall().peer as Peer<Side>;
        return depth === 0 ? 0 : 1 + (await call['text/nest']({ depth: depth - 1 }));
      },
    ],
    [
      'text/wait',
      () => {
        const { signal } = currentCall();
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => stopped.push(signal.reason) && reject(signal.reason)),
        );
      },
    ],
    ['text/told', ({ value }: { value: number }) => void told.push(value)],
  ]);
  return { handler, told, stopped };
}

/** Theirs. */
function theirSide(socket: Socket): {
  connection: MessageConnection;
  told: number[];
  stopped: unknown[];
} {
  socket.setNoDelay(); // it writes headers and message in two
  const connection = createMessageConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  const told: number[] = [];
  const stopped: unknown[] = [];
  connection.onRequest('text/echo', ({ value }) => ({ value }));
  connection.onRequest('text/nest', async ({ depth }: { depth: number }) =>
    depth === 0 ? 0 : 1 + (await connection.sendRequest<number>('text/nest', { depth: depth - 1 })),
  );
  connection.onRequest('text/wait', (_: object, token: CancellationToken) => {
    return new Promise((_, reject) =>
      token.onCancellationRequested(() => {
        stopped.push(token);
        reject(new ResponseError(-32800, 'cancelled'));
      }),
    );
  });
  connection.onRequest('text/fail', () => {
    throw new ResponseError(-32001, 'theirs', { why: ['so'] });
  });
  connection.onRequest('text/steps', async ({ workDoneToken }: { workDoneToken: number | string }) => {
    for (const percentage of [0, 50, 100])
      await connection.sendNotification('$/progress', { token: workDoneToken, value: { percentage } });
    return null;
  });
  connection.onNotification('text/told', ({ value }: { value: number }) => {
    told.push(value);
  });
  connection.onClose(() => connection.dispose()); // what waits fails by that alone
  connection.listen();
  return { connection, told, stopped };
}

interface Pair {
  readonly peer: Peer<Side>;
  readonly ours: ReturnType<typeof ourSide>;
  readonly theirs: ReturnType<typeof theirSide>;
  end(): Promise<unknown>;
}

async function weDial(): Promise<Pair> {
  const ours = ourSide();
  const listener = listen().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const accepted = once(listener, 'connection') as Promise<[Socket]>;
  const { port } = listener.address() as AddressInfo;
  const peer = await connect<Side>(tcp({ port, framing }), { dialect: lsp, handler: ours.handler });
  const [socket] = await accepted;
  const theirs = theirSide(socket);
  return { peer, ours, theirs, end: async () => listener.close() && peer.close() };
}

async function theyDial(): Promise<Pair> {
  const ours = ourSide();
  const server = await createServer<Side>(tcp({ port: 0, framing }), () => ours.handler, { dialect: lsp });
  const theirs = theirSide(dial(server.address.port ?? 0, '127.0.0.1'));
  await vi.waitUntil(() => server.connections.size === 1, patiently);
  const [peer] = server.connections;
  return { peer: peer as Peer<Side>, ours, theirs, end: () => server.close() };
}

describe.each([
  ['we dial', weDial],
  ['they dial', theyDial],
])('%s', (_, open) => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await open();
  });
  afterAll(() => pair.end());

  test('calls both ways at once, under equal ids', async () => {
    const { peer, theirs } = pair;
    const values = Array.from({ length: 200 }, (_, i) => i);
    const [here, there] = await Promise.all([
      Promise.all(values.map((value) => peer.call['text/echo']({ value }))),
      Promise.all(values.map((value) => theirs.connection.sendRequest('text/echo', { value }))),
    ]);
    expect(here).toEqual(values.map((value) => ({ value })));
    expect(there).toEqual(here);
  });

  test('calls within calls, both ways', async () => {
    const { peer, theirs } = pair;
    expect(await peer.call['text/nest']({ depth: 20 })).toBe(20);
    expect(await theirs.connection.sendRequest('text/nest', { depth: 21 })).toBe(21);
  });

  test('a message of a megabyte, both ways, of characters of all lengths', async () => {
    const { peer, theirs } = pair;
    const value = 'aé–😀\n"\\'.repeat(100_000);
    expect(await peer.call['text/echo']({ value })).toEqual({ value });
    expect(await theirs.connection.sendRequest('text/echo', { value })).toEqual({ value });
  });

  test('notifications keep their order', async () => {
    const { peer, ours, theirs } = pair;
    const values = Array.from({ length: 100 }, (_, i) => i);
    for (const value of values) peer.notify['text/told']({ value });
    await Promise.all(values.map((value) => theirs.connection.sendNotification('text/told', { value })));
    await expect.poll(() => [ours.told, theirs.told], patiently).toEqual([values, values]);
  });

  test('cancelling, both ways', async () => {
    const { peer, ours, theirs } = pair;
    const given = new AbortController();
    const here = peer.with({ signal: given.signal }).call['text/wait']({});
    await peer.call['text/echo']({ value: 1 });
    given.abort();
    await expect(here).rejects.toBeInstanceOf(CancelledError);
    await expect.poll(() => theirs.stopped, patiently).toHaveLength(1);
    let stop = (): void => {};
    const token: CancellationToken = {
      isCancellationRequested: false,
      onCancellationRequested: (listener) => {
        stop = () => void listener(undefined);
        return { dispose: () => {} };
      },
    };
    const there = theirs.connection.sendRequest('text/wait', {}, token);
    await theirs.connection.sendRequest('text/echo', { value: 1 });
    stop();
    await expect(there).rejects.toMatchObject({ code: -32800 });
    expect(ours.stopped).toHaveLength(1);
  });

  test('a timeout of ours is a cancellation for them', async () => {
    const { peer } = pair;
    const { stray } = peer.stats;
    await expect(peer.with({ timeout: 20 }).call['text/wait']({})).rejects.toThrow(/20 ms/);
    // Else nothing would ever be answered, be it that they had begun or not.
    await expect.poll(() => peer.stats.stray, patiently).toBe(stray + 1);
  });

  test('progress of theirs, by a token of ours and by one of the program', async () => {
    const { peer } = pair;
    for (const params of [{}, { workDoneToken: 'own' }, { workDoneToken: 0 }]) {
      const heard: unknown[] = [];
      const calling = peer.with({ onProgress: (value) => heard.push(value) });
      expect(await calling.call['text/steps'](params)).toBe(null);
      expect(heard).toEqual([{ percentage: 0 }, { percentage: 50 }, { percentage: 100 }]);
    }
  });

  test('errors of theirs keep their code and data, whatever ours mean by it', async () => {
    const failed = await pair.peer.call['text/fail']({}).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RemoteError);
    expect(failed).toMatchObject({ code: -32001, message: 'theirs', data: { why: ['so'] } });
  });

  test('nothing is left', () => {
    expect(pair.peer.stats).toMatchObject({
      pending: 0,
      running: 0,
      exported: 0,
      imported: 0,
      invalid: 0,
      refused: 0,
    });
  });
});

describe.each([
  ['we dial', weDial],
  ['they dial', theyDial],
])('a close in the middle: %s', (_, open) => {
  test.each(['here', 'there'] as const)('%s', async (by) => {
    const { peer, ours, theirs, end } = await open();
    const here = Promise.allSettled(Array.from({ length: 50 }, () => peer.call['text/wait']({})));
    const there = Promise.allSettled(
      Array.from({ length: 50 }, () => theirs.connection.sendRequest('text/wait', {})),
    );
    await expect.poll(() => peer.stats.running, patiently).toBe(50);
    if (by === 'here') await peer.close({ graceMs: 0 });
    else theirs.connection.end();
    const closed = await peer.closed;
    expect(closed).toEqual({ by, error: undefined });
    for (const outcome of await here)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ConnectionClosedError) });
    expect((await there).map(({ status }) => status)).toEqual(Array(50).fill('rejected'));
    expect(ours.stopped).toHaveLength(50);
    expect(peer.stats).toMatchObject({ pending: 0, running: 0 });
    await end();
  });
});
