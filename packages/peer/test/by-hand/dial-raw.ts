import type { ConnectOptions, Peer } from '@bjsonrpc/peer';
import { acceptedByHand, type RawPeer } from '../extended/raw-peer.ts';

/** What a server played by hand publishes: one method, that does whatever the test makes of it. */
export interface ByHand {
  f(...args: unknown[]): unknown;
}

/** A peer, and the raw end that it has dialled. */
export interface Session {
  readonly raw: RawPeer;
  readonly peer: Peer<ByHand>;
}

/** A peer that has dialled a raw end and been greeted by it. Its tables have to be empty in the end. */
export async function dialRaw(options: ConnectOptions = {}): Promise<Session> {
  const session = await dialUngreeted(options);
  await session.raw.nextText();
  session.raw.greet();
  await session.raw.rest();
  return session;
}

/** The same without a greeting from the raw end. That of the peer is there to be read. */
export function dialUngreeted(options: ConnectOptions = {}): Promise<Session> {
  return acceptedByHand<ByHand>({ pingInterval: 0, ...options }); // no timers but those of the test
}
