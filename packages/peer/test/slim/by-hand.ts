import { until } from '@bjsonrpc/duplex-suite';
import type { AnyPeer } from '@bjsonrpc/peer';
import { connect, type SlimOptions, type SlimPeer } from '@bjsonrpc/peer/slim';
import type { Duplex } from '@bjsonrpc/protocol';
import { memory } from '@bjsonrpc/transport-memory';
import { onTestFinished } from 'vitest';
import { expectEmpty } from '../../../../test/scenarios/session.ts';
import { allExtensions } from '../extended/raw-peer.ts';

/** What a server played by hand publishes: one method, that does whatever the test makes of it. */
export interface ByHand {
  f(...args: unknown[]): unknown;
}

/** The accepting side, played by hand. */
export class RawServer {
  readonly #duplex: Duplex;
  /** Every message that has come, as text. */
  readonly received: string[] = [];
  #read = 0;
  #questions = 0;
  isClosed = false;
  closedBy: Error | undefined;

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

  greet(extensions: readonly string[] = allExtensions, limits: object = {}): void {
    this.send({ method: '$/hello', params: [{ version: 1, extensions, limits }] });
  }

  /** The next message that has not been read. */
  async next(): Promise<string> {
    await until('a message comes', () => this.received.length > this.#read, 2000);
    return this.received[this.#read++] ?? '';
  }

  /** Sends, and waits until all that came before is worked off. @returns what has come and was not read */
  async after(...messages: unknown[]): Promise<readonly string[]> {
    const id = `question ${++this.#questions}`;
    const answer = answered(id, null);
    this.send(...messages, { method: '$/ping', id });
    await until('the ping is answered', () => this.received.includes(answer, this.#read), 2000);
    const rest = this.received.slice(this.#read).filter((text) => text !== answer);
    this.#read = this.received.length;
    return rest;
  }

  /** What has come and was not read. */
  rest(): Promise<readonly string[]> {
    return this.after();
  }

  close(): void {
    this.#duplex.close();
  }
}

/** A slim peer, and the raw end that it has dialled. */
export interface Session {
  readonly raw: RawServer;
  readonly peer: SlimPeer<ByHand>;
}

/** A slim peer that has dialled a raw end and been greeted by it. Its tables have to be empty in the end. */
export async function dialSlim(options: SlimOptions = {}): Promise<Session> {
  const session = await dialUngreeted(options);
  await session.raw.next();
  session.raw.greet();
  await session.raw.rest();
  return session;
}

/** The same without a greeting from the raw end. That of the peer is there to be read. */
export async function dialUngreeted(options: SlimOptions = {}): Promise<Session> {
  const network = memory();
  let raw: RawServer | undefined;
  await network.listen((duplex) => {
    raw = new RawServer(duplex);
  });
  const peer = await connect<ByHand>(network, options);
  if (!raw) throw new Error('no connection');
  const there = raw;
  onTestFinished(async () => {
    there.close();
    await peer.close({ graceMs: 0 });
    expectEmpty(peer as unknown as AnyPeer);
  });
  return { raw: there, peer };
}

/** What a promise was rejected with. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<Error & { readonly code?: number }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

/** A reference as the other side writes it. */
export function objectHint(name: string): object {
  return { __remoteobject__: name };
}
export function functionHint(name: string): object {
  return { __remoteobject__: name, callable: true };
}
export function streamHint(name: string): object {
  return { __remoteobject__: name, iterable: true };
}

/** The notification that releases a name. */
export function released(name: string, count = 1): string {
  return `{"params":[${count}],"method":"${name}.__delete__"}`;
}

/** The notification that gives a call up. */
export function cancelled(id: number): string {
  return `{"params":{"id":${id}},"method":"$/cancelRequest"}`;
}

/** The text of an answer. */
export function answered(id: unknown, result: unknown): string {
  return JSON.stringify({ id, result, error: null });
}

/** The text of one item of a pipe. */
export function item(id: unknown, result: unknown): string {
  return JSON.stringify({ id, result, error: null, more: true });
}

/** The text of an error answer. */
export function failed(id: unknown, error: unknown): string {
  return JSON.stringify({ id, result: null, error });
}
