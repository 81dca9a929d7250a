import { TimeoutError, type Transport } from '@bjsonrpc/protocol';
import { whenAborted } from './basics/abort.js';
import { assertSignal, assertTransport } from './basics/known-options.js';
import { type PeerOptions, resolveOptions } from './options.js';
import { Peer } from './peer.js';
import { assertOwner, type MethodOwner } from './publishing/publish.js';

/** Transports have limits of their own, whose errors tell what was waited for: they come first. */
const LATE_MS = 100;

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
 * @throws what the transport cannot open, the signal's reason, TimeoutError after `timeout`, TypeError for an unknown option
 *   or what is no handler
 */
export async function connect<Remote = unknown>(
  transport: Transport,
  { handler, signal, ...options }: ConnectOptions = {},
): Promise<Peer<Remote>> {
  assertTransport(transport, 'dial');
  const { clock, timeout, limits } = resolveOptions(options, ['handler', 'signal']);
  assertSignal(signal);
  assertOwner(handler);
  const dialling = new AbortController();
  const giveUp = (): void => dialling.abort(signal?.reason);
  if (signal?.aborted) giveUp();
  const unwatch = signal && whenAborted(signal, giveUp);
  const late = (): void => dialling.abort(new TimeoutError(`Not connected within ${timeout} ms (timeout)`));
  const timer =
    timeout > 0 && timeout < Number.POSITIVE_INFINITY ? clock.setTimeout(late, timeout + LATE_MS) : undefined;
  clock.ref?.(timer);
  try {
    const { maxMessageBytes } = limits;
    const own = timeout > 0 ? { timeoutMs: timeout } : {};
    const duplex = await transport.dial({ signal: dialling.signal, maxMessageBytes, ...own });
    const { session } = duplex;
    const info = { transport: transport.name, ...(session && { session }) };
    return new Peer<Remote>({ duplex, options, info, dialled: true, handler });
  } finally {
    clock.clearTimeout(timer);
    unwatch?.();
  }
}
