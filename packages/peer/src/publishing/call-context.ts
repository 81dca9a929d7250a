import type { Peer } from '../contract/peer.js';
import type { MethodOwner } from './publish.js';

/** What a running call knows of itself. Keep the object before the first await, and it stays good. */
export interface CallContext {
  /** Fires when the caller cancels, the deadline passes, or the connection ends. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting, on this peer's clock (see {@link Clock.now}); undefined: it did not say. */
  readonly deadline: number | undefined;
  /** The other side. */
  readonly peer: Peer;
  /** The request's id as JSON text; undefined for a notification. */
  readonly id: string | undefined;
  /** The method as it was asked for, its object's name included. */
  readonly method: string;
  /** The keyword arguments, if any came. */
  readonly keywords: { readonly [name: string]: unknown } | undefined;
  /** W3C trace context, when the request carried it. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** Who the transport's own authentication says the caller is. */
  readonly principal: unknown;
}

/** The running call as the library sees it. */
export interface RunningCall extends CallContext {
  readonly handler: MethodOwner | undefined;
  /** Whether the caller piped. */
  readonly wantsStream: boolean;
}

let running: RunningCall | undefined;

/**
 * The call that a method is running for. Valid until the method's first await; pass it on with
 * `peer.with(currentCall())` to hand its signal, deadline and trace to nested calls.
 *
 * @throws TypeError outside of a call, or after an await
 */
export function currentCall(): CallContext {
  if (!running) throw new TypeError('currentCall() is valid in a method until its first await');
  return running;
}

/** The same, or undefined. */
export function runningCall(): RunningCall | undefined {
  return running;
}

/** The synchronous part of a method begins. @returns what to {@link leave} to */
export function enter(call: RunningCall): RunningCall | undefined {
  const outer = running;
  running = call;
  return outer;
}

/** It is over. */
export function leave(outer: RunningCall | undefined): void {
  running = outer;
}
