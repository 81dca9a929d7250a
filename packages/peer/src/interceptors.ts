import type { CallContext } from './call-context.js';
import type { CallOptions } from './call-options.js';
import type { Peer } from './peer.js';
import type { CallKind } from './proxies.js';

/** A call of this side, about to leave. */
export interface OutgoingCall {
  readonly kind: CallKind;
  /** The full name: `add`, `mylist_0001.add`. */
  readonly method: string;
  readonly args: readonly unknown[];
  readonly options: CallOptions;
  readonly peer: Peer<unknown>;
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

/** A call of the other side, about to run: its context and its arguments, which may be replaced. */
export interface IncomingCall extends CallContext {
  readonly kind: 'request' | 'notification';
  args: readonly unknown[];
}

/**
 * Runs around every incoming call of a published method. `next` runs the method; what is returned is the answer,
 * and what is thrown is the error. Releases and control messages do not pass here.
 */
export type IncomingInterceptor = (call: IncomingCall, next: () => unknown) => unknown;

/** The interceptors around `innermost`, as one function. */
export function outgoingChain(
  interceptors: readonly OutgoingInterceptor[],
  innermost: (call: OutgoingCall) => unknown,
): (call: OutgoingCall) => unknown {
  return interceptors.reduceRight<typeof innermost>(
    (next, interceptor) => (call) => interceptor(call, next),
    innermost,
  );
}

/** The interceptors around `innermost`, as one function. */
export function incomingChain(
  interceptors: readonly IncomingInterceptor[],
  call: IncomingCall,
  innermost: () => unknown,
): unknown {
  return interceptors.reduceRight<() => unknown>(
    (next, interceptor) => () => interceptor(call, next),
    innermost,
  )();
}
