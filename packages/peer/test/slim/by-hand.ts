import type { AnyPeer } from '@bjsonrpc/peer';
import { connect, type SlimOptions, type SlimPeer } from '@bjsonrpc/peer/slim';
import { memory } from '@bjsonrpc/transport-memory';
import { onTestFinished } from 'vitest';
import { expectEmpty } from '../../../../test/scenarios/session.ts';
import { RawEnd } from '../extended/raw-peer.ts';

/** What a server played by hand publishes: one method, that does whatever the test makes of it. */
export interface ByHand {
  f(...args: unknown[]): unknown;
}

/** The accepting side, played by hand, which reads messages byte for byte. */
export class RawServer extends RawEnd {
  /** The next message that has not been read. */
  next(): Promise<string> {
    return this.nextText();
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
