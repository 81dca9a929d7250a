import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexSuite, type OpenedPair, type PairOptions } from '@bjsonrpc/duplex-suite';
import type { ResumableOptions } from '@bjsonrpc/resumable';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { ws } from '@bjsonrpc/transport-ws';
import { afterAll } from 'vitest';
import { openSession, type Place } from './open-session.ts';

const directory = mkdtempSync(join(tmpdir(), 'resumable-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A side that was broken off with much on the way is told by another connection; what is confirmed is so soon. */
const options: ResumableOptions = { ackMs: 50, silenceMs: 15_000 };

const places: readonly (readonly [name: string, place: () => Place])[] = [
  [
    'memory',
    () => {
      const network = memory({ carriesBytes: true });
      return { listening: network, dialling: () => network };
    },
  ],
  ['tcp', () => ({ listening: tcp({ port: 0 }), dialling: ({ port = 0 }) => tcp({ port }) })],
  ['ws', () => ({ listening: ws({ port: 0 }), dialling: ({ url = '' }) => ws({ url, use: 'ws' }) })],
];

const certificate = readFileSync(
  new URL('../../transport-tcp/test/fixtures/test-only-cert.pem', import.meta.url),
  'utf8',
);
const key = readFileSync(
  new URL('../../transport-tcp/test/fixtures/test-only-key.pem', import.meta.url),
  'utf8',
);

duplexSuite(
  'resumable(tls)',
  (peers) => {
    const listening = tcp({ port: 0, tls: { key, cert: certificate } });
    const dialling = ({ port = 0 }) => tcp({ port, tls: { ca: certificate, servername: 'localhost' } });
    return openSession({ listening, dialling }, options, peers);
  },
  { carriesBytes: true },
);

let sockets = 0;
duplexSuite(
  'resumable(unix)',
  (peers) => {
    const listening = tcp({ path: join(directory, `${++sockets}.sock`) });
    return openSession({ listening, dialling: ({ path = '' }) => tcp({ path }) }, options, peers);
  },
  { carriesBytes: true },
);

for (const [name, place] of places) {
  const open = (peers: PairOptions): Promise<OpenedPair> => openSession(place(), options, peers);
  duplexSuite(`resumable(${name})`, open, { carriesBytes: true });
  duplexSuite(
    `resumable(${name}), accepted end first`,
    async (peers) => {
      const { a, b, close } = await open(peers);
      return { a: b, b: a, close };
    },
    { carriesBytes: true },
  );
}
