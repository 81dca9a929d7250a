import type { CallContext } from './call-context.js';

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
