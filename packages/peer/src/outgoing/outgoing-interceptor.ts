import type { CallKind } from '../basics/call-kind.js';
import type { CallOptions } from '../basics/call-options.js';
import type { Peer } from '../contract/peer.js';

/** A call of this side, about to leave. */
export interface OutgoingCall {
  readonly kind: CallKind;
  /** The full name: `add`, `mylist_0001.add`. */
  readonly method: string;
  readonly args: readonly unknown[];
  readonly options: CallOptions;
  readonly peer: Peer;
}

/**
 * Runs around every outgoing call. `next` makes the call, as it is or as changed, and gives what the program would
 * have got: a promise (of `call` and `method`), a stream (of `pipe`), undefined (of `notify`).
 *
 *     const timed: OutgoingInterceptor = async (call, next) => {
 *       const start = performance.now();
 *       try { return await next(call); } finally { record(call.method, performance.now() - start); }
 *     };
 */
export type OutgoingInterceptor = (call: OutgoingCall, next: (call: OutgoingCall) => unknown) => unknown;
