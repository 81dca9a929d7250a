import { context } from './brands.js';
import type { Clock } from './clock.js';
import { assertAmount, assertFunction, assertKnown, assertSignal } from './known-options.js';

/** How one call is made: what `peer.with(…)` takes. A call's context is one, and passes itself on. */
export interface CallOptions {
  /** Milliseconds until the call is given up; 0: never. The peer's own default (60 s) unless set. */
  readonly timeout?: number | undefined;
  /** The same as a moment, as `Date.now()` counts them. The earlier one counts. */
  readonly deadline?: number | undefined;
  /** Gives the call up when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how far the call is, as often as the method says so (see `CallContext.progress`); never after its answer. */
  readonly onProgress?: ((value: unknown) => void) | undefined;
  /** Whether the timeout begins anew whenever there is progress. */
  readonly extendOnProgress?: boolean | undefined;
  /**
   * Of a pipe: how many items may be on their way or wait unread, 1 or more; never more than `maxStreamItems`. Few large ones take
   * less memory so, many small ones come faster. 64.
   */
  readonly window?: number | undefined;
  /** W3C trace context. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

const names = [
  'timeout',
  'deadline',
  'signal',
  'onProgress',
  'extendOnProgress',
  'window',
  'traceparent',
  'tracestate',
];

/** When a deadline falls on the peer's own clock, which does not jump as the time of day may. */
const dueAts = new WeakMap<CallOptions, number>();

/**
 * Options as a call keeps them: checked, and read once (those of a call's context are made as they are asked for).
 *
 * @throws TypeError for an unknown name, or a value of the wrong kind
 */
export function checkedOptions(options: CallOptions, clock: Clock): CallOptions {
  const running = (options as { readonly [context]?: { readonly dueAt: number | undefined } })[context];
  if (!running) assertKnown('with()', options, names);
  const { timeout, deadline, signal, onProgress, extendOnProgress, window, traceparent, tracestate } =
    options;
  assertAmount('timeout', timeout);
  if (deadline !== undefined && (typeof deadline !== 'number' || Number.isNaN(deadline)))
    throw new TypeError('deadline must be a number: a moment, as Date.now() counts them');
  if (window !== undefined && !(Number.isSafeInteger(window) && window > 0))
    throw new TypeError('window must be a whole number of items, 1 or more');
  assertSignal(signal);
  assertFunction('onProgress', onProgress);
  const checked = {
    timeout,
    deadline,
    signal,
    onProgress,
    extendOnProgress,
    window,
    traceparent,
    tracestate,
  };
  const dueAt = running ? running.dueAt : deadline && clock.now() + deadline - Date.now();
  if (dueAt !== undefined) dueAts.set(checked, dueAt);
  return checked;
}

/** Milliseconds that a call's own timeout and deadline leave; undefined: it has neither. */
export function timeLeft(options: CallOptions | undefined, clock: Clock): number | undefined {
  if (!options?.timeout && options?.deadline === undefined) return undefined;
  const untilDeadline = (dueAts.get(options) ?? Number.POSITIVE_INFINITY) - clock.now();
  const left = Math.min(options.timeout || Number.POSITIVE_INFINITY, untilDeadline);
  return left === Number.POSITIVE_INFINITY ? undefined : Math.ceil(left);
}
