import { duplexSuite, type OpenedPair, type PairOptions } from '@bjsonrpc/duplex-suite';
import type { ResumableOptions } from '@bjsonrpc/resumable';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { ws } from '@bjsonrpc/transport-ws';
import { openSession, type Place } from './open-session.ts';

/** A side that was broken off with much on the way is told by another connection; what is confirmed is so soon. */
const options: ResumableOptions = { ackMs: 50, silenceMs: 15_000 };

const places: readonly (readonly [name: string, place: () => Place])[] = [
  [
    'memory',
    () => {
      const network = memory();
      return { listening: network, dialling: () => network };
    },
  ],
  ['tcp', () => ({ listening: tcp({ port: 0 }), dialling: ({ port = 0 }) => tcp({ port }) })],
  ['ws', () => ({ listening: ws({ port: 0 }), dialling: ({ url = '' }) => ws({ url, use: 'ws' }) })],
];

for (const [name, place] of places) {
  const open = (peers: PairOptions): Promise<OpenedPair> => openSession(place(), options, peers);
  duplexSuite(`resumable(${name})`, open);
  duplexSuite(`resumable(${name}), accepted end first`, async (peers) => {
    const { a, b, close } = await open(peers);
    return { a: b, b: a, close };
  });
}
