import { until } from '@bjsonrpc/duplex-suite';
import {
  type AnyPeer,
  type ConnectOptions,
  connect,
  createServer,
  type Peer,
  type PeerOptions,
} from '@bjsonrpc/peer';
import type { Duplex } from '@bjsonrpc/protocol';
import { memory } from '@bjsonrpc/transport-memory';
import { onTestFinished } from 'vitest';
import { expectEmpty } from '../../../../test/scenarios/session.ts';

/** One end of a connection, played by hand: it sends what the test writes and keeps what it gets. */
export class RawEnd {
  readonly #duplex: Duplex;
  /** Every message that has come, as text. */
  readonly received: string[] = [];
  #read = 0;
  #questions = 0;
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

  /** The next message that has not been read yet. */
  async nextText(): Promise<string> {
    await until('a message comes', () => this.received.length > this.#read, 2000);
    return this.received[this.#read++] ?? '';
  }

  /**
   * Sends, and waits until the peer has answered a ping that came behind it (or, being old, refused it).
   *
   * @returns what has come and was not read, but for that answer
   */
  async after(...messages: unknown[]): Promise<readonly string[]> {
    const id = `question ${++this.#questions}`;
    const isAnswer = (text: string): boolean => text.startsWith(`{"id":"${id}"`);
    this.send(...messages, { method: '$/ping', id });
    await until('the ping is answered', () => this.received.slice(this.#read).some(isAnswer), 2000);
    const rest = this.received.slice(this.#read).filter((text) => !isAnswer(text));
    this.#read = this.received.length;
    return rest;
  }

  /** What has come and was not read. */
  rest(): Promise<readonly string[]> {
    return this.after();
  }

  /** Greets with these extensions. */
  greet(extensions: readonly string[] = allExtensions, limits: object = {}): void {
    this.send({ method: '$/hello', params: [{ version: 1, extensions, limits }] });
  }

  close(): void {
    this.#duplex.close();
  }
}

/** The same, which reads messages as data. */
export class RawPeer extends RawEnd {
  /** The next message that has not been read yet, parsed. */
  async next(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.nextText()) as Record<string, unknown>;
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
export async function acceptedByHand<Api = unknown>(
  options: ConnectOptions = {},
): Promise<{ readonly raw: RawPeer; readonly peer: Peer<Api> }> {
  const network = memory();
  let raw: RawPeer | undefined;
  await network.listen((duplex) => {
    raw = new RawPeer(duplex);
  });
  const peer = await connect<Api>(network, options);
  if (!raw) throw new Error('no connection');
  finish(raw, peer);
  return { raw, peer };
}

function finish(raw: RawPeer, peer: AnyPeer): void {
  onTestFinished(async () => {
    raw.close();
    await peer.close({ graceMs: 0 });
    expectEmpty(peer);
  });
}
