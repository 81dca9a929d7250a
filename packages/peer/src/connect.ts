import type { Transport } from '@bjsonrpc/protocol';
import type { PeerOptions } from './options.js';
import { Peer } from './peer.js';
import type { MethodOwner } from './publishing/publish.js';

/** How a connection is opened. */
export interface ConnectOptions extends PeerOptions {
  /** What the server may call on this side. Nothing unless given. */
  readonly handler?: MethodOwner;
  /** Gives the dialling up. */
  readonly signal?: AbortSignal;
}

/**
 * Open a connection.
 *
 *     await using peer = await connect<Api>(tcp());
 *
 * @typeParam Remote what the server publishes
 * @throws what the transport cannot open, or the signal's reason
 */
export async function connect<Remote = unknown>(
  transport: Transport,
  { handler, signal, ...options }: ConnectOptions = {},
): Promise<Peer<Remote>> {
  const duplex = await transport.dial(signal ? { signal } : {});
  const info = { transport: transport.name };
  return new Peer<Remote>({ duplex, options, info, dialled: true, handler });
}
