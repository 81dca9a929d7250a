import { createServer, type Peer, type Server } from '@bjsonrpc/peer';
import type { Transport } from '@bjsonrpc/protocol';
import { resumable } from '@bjsonrpc/resumable';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { describe, expect, test } from 'vitest';
import { ServerHandler } from '../../../../examples/src/reference-handler.ts';
import { Ledger } from './ledger.ts';
import { dialSocket, type RawEnd, rawDuplex } from './raw-end.ts';
import { Replay } from './replay.ts';
import { serverDifferences } from './server-differences.ts';
import { playedBy, type Transcript } from './transcript.ts';

// Our server gets the recorded clients' lines, and says what the recorded servers said.

const ledger = new Ledger();

for (const over of ['memory', 'tcp'] as const) {
  describe(`our server and the recorded clients, over ${over}`, () => {
    test.for(playedBy('server').map((transcript) => [transcript.name, transcript] as const))(
      '%s',
      ([, transcript]) => play(transcript, over),
    );
  });
}

describe('our server with sessions, and the recorded clients that know none', () => {
  test.for(playedBy('server').map((transcript) => [transcript.name, transcript] as const))(
    '%s',
    ([, transcript]) => play(transcript, 'memory', resumable),
  );
});

test('every intended difference of the server is met', () => {
  expect(ledger.unusedRows(serverDifferences)).toEqual([]);
});

test('every rule is needed', () => {
  expect(ledger.unusedRules()).toEqual([]);
});

type Wrap = (transport: Transport) => Transport;

async function play(transcript: Transcript, over: 'tcp' | 'memory', wrap?: Wrap): Promise<void> {
  const house = await open(over, wrap);
  const replay = new Replay({
    transcript,
    ours: 'server',
    over,
    differences: serverDifferences,
    ledger,
    open: house.dial,
  });
  await replay.run();
  for (const end of replay.openEnds) await expectNothingMore(end);
  for (const peer of house.peers) expect(peer.stats).toMatchObject({ pending: 0, running: 0 });
  for (const end of replay.openEnds) end.end();
  await Promise.all(house.peers.map((peer) => peer.closed));
  for (const peer of house.peers) {
    expect(peer.stats).toMatchObject({ pending: 0, running: 0, exported: 0, imported: 0 });
  }
  expect(house.server.connections.size).toBe(0);
  await house.server.close();
}

/** An answered call shows that the connection lives, and that nothing came before it. */
async function expectNothingMore(end: RawEnd): Promise<void> {
  end.send(['{"method":"ping","id":"last"}']);
  expect(await end.next()).toBe('{"id":"last","result":"pong","error":null}');
  expect(end.unread).toEqual([]);
}

interface House {
  readonly server: Server;
  readonly peers: Peer[];
  dial(): Promise<RawEnd>;
}

/** The reference server on a transport, and a way to reach it by hand. */
async function open(over: 'tcp' | 'memory', wrap: Wrap = (plain) => plain): Promise<House> {
  const transport = over === 'tcp' ? tcp({ port: 0 }) : memory();
  const handlers: ServerHandler[] = [];
  const server = await createServer(wrap(transport), () => {
    const handler = new ServerHandler();
    handlers.push(handler);
    return handler;
  });
  const { port = 0 } = server.address;
  return {
    server,
    get peers() {
      return handlers.map((handler) => handler.peer as unknown as Peer);
    },
    dial: async () => (over === 'tcp' ? dialSocket(port) : rawDuplex(await transport.dial({}))),
  };
}
