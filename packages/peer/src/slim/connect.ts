import { basicLimits, type Transport } from '@bjsonrpc/protocol';
import { systemClock } from '../clock.js';
import type { ConnectOptions } from '../connect.js';
import type { Peer as FullPeer } from '../peer.js';
import { Link } from './link.js';
import { Peer } from './peer.js';

/** What of the options there is. */
export type SlimOptions = Pick<
  ConnectOptions,
  'handler' | 'signal' | 'timeout' | 'codec' | 'pingInterval' | 'clock' | 'onError'
> & { readonly limits?: Partial<typeof basicLimits> };

/** What of a Peer there is. */
export type SlimPeer<Remote = unknown> = Pick<
  FullPeer<Remote>,
  'call' | 'method' | 'notify' | 'pipe' | 'with' | 'info' | 'closed' | 'drain' | 'ping' | 'close' | 'abort'
> &
  Pick<Peer, 'stats'> &
  AsyncDisposable;

/**
 * Open a connection to a peer of the full library.
 *
 * @throws what the transport cannot open, or the signal's reason
 */
export async function connect<Remote = unknown>(
  transport: Transport,
  { signal, clock = systemClock, limits, ...options }: SlimOptions = {},
): Promise<SlimPeer<Remote>> {
  const duplex = await transport.dial(signal ? { signal } : {});
  const settings = { ...options, clock, limits: { ...basicLimits, ...limits } };
  return new Peer(new Link(duplex, settings), transport.name) as unknown as SlimPeer<Remote>;
}
