import { CancelledError, TimeoutError } from '@bjsonrpc/protocol';
import type { CallOptions } from './call-options.js';
import type { Clock } from './clock.js';
import type { Connection } from './connection.js';
import type { Request } from './request.js';

const SETTLED: Promise<void> = Promise.resolve();

/**
 * How long calls are waited for. Calls without an own timeout fall due in the order in which they were made, so
 * one timer serves them all, and a call costs no timer.
 */
export class Patience {
  readonly #connection: Connection;
  readonly #pending: ReadonlyMap<number, Request>;
  readonly #giveUp: (request: Request, error: Error) => void;
  #timer: unknown;
  #turn: number | undefined;
  readonly #endTurn = (): void => {
    this.#turn = undefined;
  };

  constructor(
    connection: Connection,
    pending: ReadonlyMap<number, Request>,
    giveUp: (request: Request, error: Error) => void,
  ) {
    this.#connection = connection;
    this.#pending = pending;
    this.#giveUp = giveUp;
  }

  /** @throws CancelledError when the signal has aborted already, TimeoutError when the deadline has passed */
  begin(request: Request, options: CallOptions | undefined): void {
    if (options?.signal) this.#watch(request, options.signal);
    // A timeout of 0, or of Infinity, is none.
    const timeout = options?.timeout === undefined ? this.#connection.options.timeout : 0;
    const own = timeLeft(options, this.#connection.options.clock);
    if (own !== undefined) {
      if (own <= 0) throw new TimeoutError('The deadline had passed before the call');
      this.#arm(request, own);
    } else if (timeout > 0 && !request.sink) {
      const { clock } = this.#connection.options;
      request.dueAt = this.#now() + timeout;
      this.#timer ??= clock.setTimeout(() => this.#sweep(), timeout);
    }
  }

  /** The time at which this turn began to call: one look at the clock serves a burst. */
  #now(): number {
    if (this.#turn === undefined) {
      this.#turn = this.#connection.options.clock.now();
      void SETTLED.then(this.#endTurn); // cheaper than queueMicrotask, which makes a resource for async hooks
    }
    return this.#turn;
  }

  stop(): void {
    this.#connection.options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(request: Request, ms: number): void {
    const { clock } = this.#connection.options;
    const timer = clock.setTimeout(() => this.#giveUp(request, timedOut(ms)), ms);
    whenOver(request, () => clock.clearTimeout(timer));
  }

  #watch(request: Request, signal: AbortSignal): void {
    const cancelled = (): CancelledError =>
      new CancelledError('The call was cancelled', { cause: signal.reason });
    if (signal.aborted) throw cancelled();
    const onAbort = (): void => this.#giveUp(request, cancelled());
    signal.addEventListener('abort', onAbort, { once: true });
    whenOver(request, () => signal.removeEventListener('abort', onAbort));
  }

  #sweep(): void {
    const { clock, timeout } = this.#connection.options;
    this.#timer = undefined;
    const now = clock.now();
    for (const request of this.#pending.values()) {
      if (request.dueAt === 0) continue;
      if (request.dueAt > now) {
        this.#timer = clock.setTimeout(() => this.#sweep(), request.dueAt - now);
        return;
      }
      this.#giveUp(request, timedOut(timeout));
    }
  }
}

function timedOut(ms: number): TimeoutError {
  return new TimeoutError(`No answer within ${ms} ms`);
}

function whenOver(request: Request, undo: () => void): void {
  const before = request.cleanup;
  request.cleanup = () => {
    before?.();
    undo();
  };
}

/** Milliseconds that a call's own timeout and deadline leave; undefined: it has neither. */
export function timeLeft(options: CallOptions | undefined, clock: Clock): number | undefined {
  if (!options?.timeout && options?.deadline === undefined) return undefined;
  const untilDeadline = (options.deadline ?? Number.POSITIVE_INFINITY) - clock.now();
  const left = Math.min(options.timeout || Number.POSITIVE_INFINITY, untilDeadline);
  return left === Number.POSITIVE_INFINITY ? undefined : Math.ceil(left);
}
