import { connect, type Peer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { describe, expect, test } from 'vitest';
import { ClientHandler } from '../../../../examples/src/client-handler.ts';
import { clientDifferences } from './client-differences.ts';
import type { Recorded, Session, Untyped } from './driver.ts';
import { drivers } from './drivers.ts';
import { Ledger } from './ledger.ts';
import { listenDuplex, listenSocket, type RawEnd } from './raw-end.ts';
import { Replay } from './replay.ts';
import { playedBy, type Transcript } from './transcript.ts';

// Our client makes the calls that the recorded clients made, and gets the recorded servers' lines.

const ledger = new Ledger();

for (const over of ['memory', 'tcp'] as const) {
  describe(`our client and the recorded servers, over ${over}`, () => {
    test.for(playedBy('client').map((transcript) => [transcript.name, transcript] as const))(
      '%s',
      ([, transcript]) => play(transcript, over),
    );
  });
}

test('every intended difference of the client is met', () => {
  expect(ledger.unusedRows(clientDifferences)).toEqual([]);
});

async function play(transcript: Transcript, over: 'tcp' | 'memory'): Promise<void> {
  const house = await open(over);
  const handler = new ClientHandler();
  const publishes = Object.keys(transcript.clientPublishes).length > 0;
  const peers: Peer<Untyped>[] = [];
  const ends: RawEnd[] = [];
  const kept: unknown[] = [];

  const session: Session = {
    handler,
    connect: async () => {
      const peer = await house.dial(publishes ? handler : undefined);
      peers.push(peer);
      return peer;
    },
    keep: (value) => {
      kept.push(value);
      return value;
    },
    differs: (line) => {
      const row = clientDifferences.find(
        (row) => row.in === transcript.name && row.at === line && isOutcome(row.ours),
      );
      if (!row) throw new Error(`${transcript.name}:${line} has no row for its outcome`);
      ledger.useRow(row);
    },
    recorded: (side) =>
      transcript.entries
        .filter((entry) => entry.from === side && entry.line !== undefined)
        .map((entry) => JSON.parse(wordsQuoted(entry.line ?? '')) as Recorded),
  };

  const replay = new Replay({
    transcript,
    ours: 'client',
    over,
    differences: clientDifferences,
    ledger,
    open: async () => {
      const end = await house.accept();
      ends.push(end);
      return end;
    },
  });
  const driver = drivers.get(transcript.name);
  if (!driver) throw new Error(`no driver for ${transcript.name}`);
  await Promise.all([replay.run(), session.connect().then((peer) => driver(peer, session))]);

  for (const peer of peers) expect(peer.stats).toMatchObject({ pending: 0, running: 0 });
  await Promise.all(peers.map((peer) => peer.close()));
  await Promise.all(peers.map((peer) => peer.closed));
  for (const peer of peers) {
    expect(peer.stats).toMatchObject({ pending: 0, running: 0, exported: 0, imported: 0 });
  }
  await Promise.all(ends.map((end) => end.closed));
  for (const end of ends) expect(end.unread).toEqual([]); // nor did closing send anything
  kept.length = 0; // until here nothing kept was let go of
  await house.close();
}

interface House {
  dial(handler: ClientHandler | undefined): Promise<Peer<Untyped>>;
  accept(): Promise<RawEnd>;
  close(): Promise<void>;
}

/** A server played by hand on a transport, and a way for our client to reach it. */
async function open(over: 'tcp' | 'memory'): Promise<House> {
  const options = (handler: ClientHandler | undefined) => ({
    extensions: false,
    ...(handler === undefined ? {} : { handler }),
  });
  if (over === 'tcp') {
    const server = await listenSocket();
    const { port, accept, close } = server;
    return { dial: (handler) => connect<Untyped>(tcp({ port }), options(handler)), accept, close };
  }
  const transport = memory();
  const { accept, close } = await listenDuplex(transport);
  return { dial: (handler) => connect<Untyped>(transport, options(handler)), accept, close };
}

function isOutcome(ours: (typeof clientDifferences)[number]['ours']): boolean {
  return typeof ours === 'object' && 'outcome' in ours;
}

/** Python's NaN and Infinity as JSON.parse can read them; no session asks for their values. */
function wordsQuoted(line: string): string {
  return line.replace(/\b(NaN|-?Infinity)\b/g, '"$1"');
}
