import { CancelledError, TimeoutError } from '@bjsonrpc/protocol';
import { whenAborted } from '../basics/abort.js';
import { type CallOptions, timeLeft } from '../basics/call-options.js';
import type { Clock } from '../basics/clock.js';
import type { PendingRequest } from './request.js';

const SETTLED: Promise<void> = Promise.resolve();

/** What deadlines work with. */
export interface DeadlinesParts {
  readonly clock: Clock;
  readonly options: {
    /** How long a call without an own timeout is waited for, in milliseconds; 0: for ever. */
    readonly timeout: number;
  };
  /** Calls without an answer, in the order in which they were made. */
  readonly pending: Iterable<PendingRequest> & { abandon(request: PendingRequest, error: Error): void };
}

/**
 * How long calls are waited for. Calls without an own timeout fall due in the order in which they were made, so
 * one timer serves them all, and a call costs no timer.
 */
export class Deadlines {
  readonly #parts: DeadlinesParts;
  #timer: unknown;
  #turn: number | undefined;
  #isAwake = false;
  #keepsAlive = true;
  readonly #endTurn = (): void => {
    this.#turn = undefined;
  };

  constructor(parts: DeadlinesParts) {
    this.#parts = parts;
  }

  /** @throws CancelledError when the signal has aborted already, TimeoutError when the deadline has passed */
  begin(request: PendingRequest, options: CallOptions | undefined): void {
    const { clock, pending, options: defaults } = this.#parts;
    const { timeout } = defaults;
    if (options?.signal) this.#watch(request, options.signal);
    const isShared = timeout > 0 && !request.sink && options?.timeout === undefined;
    const own = timeLeft(options, clock) ?? (isShared && options?.extendOnProgress ? timeout : undefined);
    if (own !== undefined) {
      if (own <= 0)
        throw new TimeoutError(`The deadline had passed before the call of '${request.route?.target}'`);
      const begin = (ms: number): unknown => {
        const timer = clock.setTimeout(() => pending.abandon(request, timedOut(request, ms)), ms);
        if (this.#keepsAlive) clock.ref?.(timer);
        return timer;
      };
      let timer = begin(own);
      whenOver(request, () => clock.clearTimeout(timer));
      if (!request.progress || !options?.extendOnProgress) return;
      request.progress.prolong = () => {
        clock.clearTimeout(timer);
        timer = begin(timeLeft(options, clock) ?? timeout); // a deadline is a moment, and stays
      };
    } else if (isShared) {
      // A timeout of 0, or of Infinity, is none.
      request.dueAt = this.#now() + timeout;
      this.#timer ??= clock.setTimeout(this.#sweep, timeout);
      this.#wake();
    }
  }

  /** No call is waited for: the shared timer does not keep the program alive. */
  rest(): void {
    if (!this.#isAwake || this.#timer === undefined) return;
    this.#isAwake = false;
    this.#parts.clock.unref?.(this.#timer);
  }

  /** Whether calls that wait keep the program alive. */
  keepAlive(on: boolean): void {
    this.#keepsAlive = on;
    if (!on) this.rest();
  }

  #wake(): void {
    if (this.#isAwake || !this.#keepsAlive) return;
    this.#isAwake = true;
    this.#parts.clock.ref?.(this.#timer);
  }

  stop(): void {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isAwake = false;
  }

  /** The time at which this turn began to call: one look at the clock serves a burst. */
  #now(): number {
    if (this.#turn === undefined) {
      this.#turn = this.#parts.clock.now();
      void SETTLED.then(this.#endTurn); // cheaper than queueMicrotask, which makes a resource for async hooks
    }
    return this.#turn;
  }

  #watch(request: PendingRequest, signal: AbortSignal): void {
    const cancelled = (): CancelledError =>
      new CancelledError('The call was cancelled', { cause: signal.reason });
    if (signal.aborted) throw cancelled();
    whenOver(
      request,
      whenAborted(signal, () => this.#parts.pending.abandon(request, cancelled())),
    );
  }

  /** Made once: a function made with a call would keep that call from being collected until the timer fires. */
  readonly #sweep = (): void => {
    const { clock, pending, options } = this.#parts;
    const { timeout } = options;
    this.#timer = undefined;
    this.#isAwake = false;
    const now = clock.now();
    for (const request of pending) {
      if (request.dueAt === 0 || request.hasResponse) continue; // one that was given up may have taken others with it
      if (request.dueAt > now) {
        this.#timer = clock.setTimeout(this.#sweep, request.dueAt - now);
        this.#wake();
        return;
      }
      pending.abandon(request, timedOut(request, timeout));
    }
  };
}

function timedOut({ route }: PendingRequest, ms: number): TimeoutError {
  return new TimeoutError(`No answer within ${ms} ms${route ? ` to '${route.target}'` : ''}`);
}

function whenOver(request: PendingRequest, undo: () => void): void {
  const before = request.cleanup;
  request.cleanup = () => {
    before?.();
    undo();
  };
}
