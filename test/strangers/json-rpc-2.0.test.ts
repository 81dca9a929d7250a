import { once } from 'node:events';
import { type AddressInfo, connect as dial, createServer as listen, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { connect, createServer, jsonrpc2, type Peer } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import {
  createJSONRPCRequest,
  JSONRPCClient,
  JSONRPCErrorException,
  JSONRPCServer,
  JSONRPCServerAndClient,
} from 'json-rpc-2.0';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Calculator, OwnCalculator } from './calculator.ts';
import { patiently } from './patience.ts';

interface Theirs extends Calculator {
  back(a: number, b: number): number;
}

/** Their server and client in one, over a socket, a message a line. */
function theirSide(socket: Socket): { side: JSONRPCServerAndClient; told: unknown[] } {
  const side = new JSONRPCServerAndClient(
    new JSONRPCServer({ errorListener: () => {} }),
    new JSONRPCClient((payload) => void socket.write(`${JSON.stringify(payload)}\n`)),
  );
  const told: unknown[] = [];
  side.addMethod('add', ([a, b]: [number, number]) => a + b);
  side.addMethod('echo', ([value]: [unknown]) => value);
  side.addMethod('nothing', () => null);
  side.addMethod('fail', () => {
    throw new JSONRPCErrorException('it failed', 4001, { why: ['so'] });
  });
  side.addMethod('tell', ([value]: [unknown]) => void told.push(value));
  side.addMethod('back', (params) => side.request('add', params));
  createInterface({ input: socket }).on('line', (line) => void side.receiveAndSend(JSON.parse(line)));
  socket.on('close', () => side.rejectAllPendingRequests('closed'));
  return { side, told };
}

interface Pair {
  readonly peer: Peer<Theirs>;
  readonly ours: OwnCalculator;
  readonly theirs: ReturnType<typeof theirSide>;
  end(): Promise<unknown>;
}

async function weDial(): Promise<Pair> {
  const ours = new OwnCalculator();
  const listener = listen().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const accepted = once(listener, 'connection') as Promise<[Socket]>;
  const { port } = listener.address() as AddressInfo;
  const peer = await connect<Theirs>(tcp({ port }), { dialect: jsonrpc2, handler: ours });
  const [socket] = await accepted;
  return { peer, ours, theirs: theirSide(socket), end: async () => listener.close() && peer.close() };
}

async function theyDial(): Promise<Pair> {
  const ours = new OwnCalculator();
  const server = await createServer<Theirs>(tcp({ port: 0 }), () => ours, { dialect: jsonrpc2 });
  const theirs = theirSide(dial(server.address.port ?? 0, '127.0.0.1'));
  await theirs.side.request('nothing', undefined);
  const [peer] = server.connections;
  return { peer: peer as Peer<Theirs>, ours, theirs, end: () => server.close() };
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

  test('calls both ways at once, and within calls', async () => {
    const { peer, theirs } = pair;
    const values = Array.from({ length: 200 }, (_, i) => i);
    const [here, there] = await Promise.all([
      Promise.all(values.map((value) => peer.call.back(value, 1))),
      Promise.all(values.map((value) => theirs.side.request('back', [value, 1]))),
    ]);
    expect(here).toEqual(values.map((value) => value + 1));
    expect(there).toEqual(here);
    expect(await theirs.side.request('add', { b: 2, a: 1 })).toBe(3);
    expect(await peer.call.nothing()).toBe(null);
  });

  test('errors, with their codes and data', async () => {
    const { peer, theirs } = pair;
    const expected = { code: 4001, message: 'it failed', data: { why: ['so'] } };
    await expect(peer.call.fail()).rejects.toMatchObject(expected);
    await expect(theirs.side.request('fail', undefined)).rejects.toMatchObject(expected);
    const unknown = (peer as unknown as Peer<{ none(): void }>).call.none();
    await expect(unknown).rejects.toMatchObject({ code: -32601 });
    await expect(theirs.side.request('none', undefined)).rejects.toMatchObject({ code: -32601 });
    await expect(theirs.side.request('add', { c: 1 })).rejects.toMatchObject({ code: -32602 });
  });

  test('batches and notifications, both ways', async () => {
    const { peer, ours, theirs } = pair;
    const sums = peer.batch(() => {
      peer.notify.tell('ours');
      return Promise.all([peer.call.add(1, 1), peer.call.back(2, 2)]);
    });
    expect(await sums).toEqual([2, 4]);
    const answers = await theirs.side.client.requestAdvanced([
      createJSONRPCRequest('a', 'add', [1, 1]),
      createJSONRPCRequest(0.5, 'fail'),
    ]);
    expect(answers.map(({ id, result, error }) => [id, result ?? error?.code])).toEqual([
      ['a', 2],
      [0.5, 4001],
    ]);
    theirs.side.notify('tell', ['theirs']);
    await expect.poll(() => [ours.told, theirs.told], patiently).toEqual([['theirs'], ['ours']]);
  });

  test('nothing is left', () => {
    expect(pair.peer.stats).toMatchObject({ pending: 0, running: 0, stray: 0, invalid: 0 });
  });
});
