import { until } from '@bjsonrpc/duplex-suite';
import { type ConnectOptions, connect, createServer, type Peer, type PeerOptions } from '@bjsonrpc/peer';
import type { Duplex } from '@bjsonrpc/protocol';
import { memory } from '@bjsonrpc/transport-memory';
import { onTestFinished } from 'vitest';
import { expectEmpty } from '../../../../test/scenarios/session.ts';

/** The other end of a peer's connection, played by hand: it sends what the test writes and keeps what it gets. */
export class RawPeer {
  readonly #duplex: Duplex;
  /** Every message that has come, as text. */
  readonly received: string[] = [];
  #read = 0;
  #rests = 0;
  closedBy: Error | undefined;
  isClosed = false;

  constructor(duplex: Duplex) {
    this.#duplex = duplex;
    duplex.start({
      onMessage: (message) => this.received.push(message),
      onClose: (error) => {
        this.isClosed = true;
        this.closedBy = error;
      },
    });
  }

  /** Texts go as they are, anything else as JSON. */
  send(...messages: unknown[]): void {
    for (const message of messages)
      this.#duplex.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message that has not been read yet, parsed. */
  async next(): Promise<Record<string, unknown>> {
    await until('a message comes', () => this.received.length > this.#read, 2000);
    return JSON.parse(this.received[this.#read++] ?? '') as Record<string, unknown>;
  }

  /** What has come and was not read, once the peer has answered a ping of ours (or, being old, refused it). */
  async rest(): Promise<readonly string[]> {
    const id = `rest ${++this.#rests}`;
    this.send({ method: '$/ping', id });
    await until('the ping is answered', () => this.received.at(-1)?.includes(`"${id}"`) ?? false, 2000);
    const rest = this.received.slice(this.#read, -1);
    this.#read = this.received.length;
    return rest;
  }

  /** Greets with these extensions, as a dialling side does. */
  greet(extensions: readonly string[] = allExtensions): void {
    this.send({ method: '$/hello', params: [{ version: 1, extensions, limits: {} }] });
  }

  close(): void {
    this.#duplex.close();
  }
}

export const allExtensions = [
  'references',
  'streams',
  'cancel',
  'pipelining',
  'values',
  'errors',
  'ping',
  'bye',
  'describe',
] as const;

/** A peer that was dialled by a raw end. Its tables have to be empty when the test has finished. */
export async function dialledByHand(
  api: object,
  options: PeerOptions = {},
): Promise<{ readonly raw: RawPeer; readonly peer: Peer }> {
  const network = memory();
  const server = await createServer(network, () => api, options);
  const raw = new RawPeer(await network.dial({}));
  await until('the connection is accepted', () => server.connections.size === 1);
  const [peer] = server.connections;
  if (!peer) throw new Error('no connection');
  finish(raw, peer);
  return { raw, peer };
}

/** A peer that dialled a raw end. */
export async function acceptedByHand(
  options: ConnectOptions = {},
): Promise<{ readonly raw: RawPeer; readonly peer: Peer }> {
  const network = memory();
  let raw: RawPeer | undefined;
  await network.listen((duplex) => {
    raw = new RawPeer(duplex);
  });
  const peer = await connect(network, options);
  if (!raw) throw new Error('no connection');
  finish(raw, peer);
  return { raw, peer };
}

function finish(raw: RawPeer, peer: Peer): void {
  onTestFinished(async () => {
    raw.close();
    await peer.close({ graceMs: 0 });
    expectEmpty(peer);
  });
}
