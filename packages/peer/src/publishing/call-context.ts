import { shared } from '../basics/shared.js';
import type { Peer } from '../contract/peer.js';

/**
 * What an application declares of itself, so that types know it:
 *
 *     declare module '@bjsonrpc/peer' {
 *       interface Register { principal: User }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to
export interface Register {}

/** Whom a transport's `authenticate` gives, where the application has declared it. */
export type Principal = Register extends { principal: infer Declared } ? Declared : unknown;

/** What a running call knows of itself. Keep the object, and it stays good. */
export interface CallContext {
  /** Fires when the caller cancels, the deadline passes, or the connection ends. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting, as `Date.now()` counts; undefined: it did not say. */
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
  /**
   * Tells the caller how far the call is, if it wants to hear of that (its `onProgress`) and has no answer yet; else it does nothing.
   * In LSP and MCP the value is what their specifications have there; a number is `{ progress: number }` in MCP.
   *
   * @throws UnsendableError, LimitExceededError
   */
  progress(value: unknown): void;
  /** Who the transport's own authentication says the caller is. */
  readonly principal: Principal;
}

/** The running call as the library sees it. */
export interface RunningCall extends CallContext {
  /** Whether the caller piped. */
  readonly wantsStream: boolean;
}

/** What keeps the running call over awaits: an `AsyncLocalStorage`. */
export interface ContextStorage {
  run<Result>(call: RunningCall, body: () => Result): Result;
  getStore(): RunningCall | undefined;
}

const state = shared('context.1', () => ({
  running: undefined as RunningCall | undefined,
  storage: undefined as ContextStorage | undefined,
}));

/**
 * The call that a method is running for: good until the method's first await, and in a generator up to the first await
 * after each item. With `import '@bjsonrpc/peer/async-context'` it is good everywhere in it. Pass it on with
 * `peer.with(currentCall())` to hand its signal, deadline and trace to nested calls.
 *
 * @throws TypeError outside of a call, or after an await
 */
export function currentCall(): CallContext {
  const call = runningCall();
  if (call) return call;
  throw new TypeError(
    "currentCall() is valid in a method until its first await: keep what it gives, or import '@bjsonrpc/peer/async-context'",
  );
}

/** The same, or undefined. */
export function runningCall(): RunningCall | undefined {
  return state.storage ? state.storage.getStore() : state.running;
}

/** Calls a function of the program for that call. @throws what the function throws */
export function applyFor(
  call: RunningCall,
  fn: (...args: never[]) => unknown,
  self: unknown,
  args: readonly unknown[],
): unknown {
  if (state.storage) return state.storage.run(call, () => Reflect.apply(fn, self, args));
  const outer = state.running;
  state.running = call;
  try {
    return Reflect.apply(fn, self, args);
  } finally {
    state.running = outer;
  }
}

/** From now on the running call is kept there, and survives awaits. */
export function keepContextIn(store: ContextStorage): void {
  state.storage = store;
}
