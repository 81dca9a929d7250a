import type { Connection } from './connection.js';
import type { Reference } from './imports.js';
import { RemotePromise } from './remote-promise.js';

/** Pending, until exactly one of the others comes true. */
type State = 'pending' | 'fulfilled' | 'rejected';

/**
 * One call on its way: what `peer.method.name(…)` gives. Every request settles exactly once: with an answer, an
 * error, a timeout, a cancellation, or the end of the connection. An error that nobody asks for
 * ({@link Request.value}) disturbs nobody.
 */
export class Request<T = unknown> {
  /** The id on the wire. */
  readonly id: number;
  /** The connection that it goes over. */
  readonly connection: Connection;
  #state: State = 'pending';
  #outcome: unknown;
  #promise: RemotePromise<T> | undefined;
  #resolve: ((value: unknown) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #whenSettled: (() => void)[] | undefined;

  /** Whether it has been handed to the transport. */
  sent = false;
  /** When the shared timer gives it up, on the clock; 0: that timer lets it be. */
  dueAt = 0;
  /** What must not be garbage-collected before the answer. */
  keep: unknown;
  /** The requests it was built on (section 9). */
  dependencies: Request[] | undefined;
  /** What to undo when it settles: timers, abort listeners. */
  cleanup: (() => void) | undefined;
  /** Cancels what an interceptor made of it. */
  onCancel: ((reason: unknown) => void) | undefined;
  /** Where the items go, if it is a pipe. */
  sink: ResponseSink | undefined;

  constructor(connection: Connection, id: number) {
    this.connection = connection;
    this.id = id;
  }

  /** Whether the answer, or whatever came in its stead, is here. */
  get hasResponse(): boolean {
    return this.#state !== 'pending';
  }

  /** The answer. The same promise every time. */
  get value(): RemotePromise<T> {
    if (!this.#promise) {
      this.#promise = new RemotePromise<T>(
        (resolve, reject) => {
          this.#resolve = resolve as (value: unknown) => void;
          this.#reject = reject;
        },
        this as unknown as Request, // the promise does not care what type the result has
      );
      if (this.#state === 'fulfilled') this.#resolve?.(this.#outcome);
      else if (this.#state === 'rejected') this.#reject?.(this.#outcome);
    }
    return this.#promise;
  }

  /** Give up: {@link value} rejects with a CancelledError at once, and a peer that can is told to stop. */
  cancel(reason?: unknown): void {
    this.connection.outbound.cancel(this, reason);
  }

  /** For the connection alone. */
  fulfil(value: T): void {
    if (!this.#settle('fulfilled', value)) return;
    this.#resolve?.(value);
    this.#runWhenSettled();
  }

  /** For the connection alone. */
  reject(error: unknown): void {
    if (!this.#settle('rejected', error)) return;
    this.sink?.onError(error);
    this.#reject?.(error);
    this.#runWhenSettled();
  }

  /** What it settled with. @throws what it was rejected with; TypeError before it settled */
  get outcome(): T {
    if (this.#state === 'fulfilled') return this.#outcome as T;
    throw this.#state === 'rejected'
      ? this.#outcome
      : new TypeError(`request ${this.id} has no response yet`);
  }

  get error(): unknown {
    return this.#state === 'rejected' ? this.#outcome : undefined;
  }

  /** Run once it has settled, in the order of asking, in the same turn. */
  whenSettled(callback: () => void): void {
    if (this.hasResponse) return callback();
    this.#whenSettled ??= [];
    this.#whenSettled.push(callback);
  }

  #settle(state: State, outcome: unknown): boolean {
    if (this.hasResponse) return false;
    this.#state = state;
    this.#outcome = outcome;
    this.keep = undefined;
    this.dependencies = undefined;
    this.cleanup?.();
    this.cleanup = undefined;
    return true;
  }

  #runWhenSettled(): void {
    for (const callback of this.#whenSettled ?? []) callback();
    this.#whenSettled = undefined;
  }
}

/** One item of a pipe, and the references that came with it: held until it is read. */
export interface Item {
  readonly value: unknown;
  readonly arrived: readonly Reference[];
}

/** Where the responses to a pipe go. */
export interface ResponseSink {
  /** One item; `counted` when the producer waits for credit. */
  onItem(item: Item, counted: boolean): void;
  /** The end, with the generator's return value. */
  onEnd(value: unknown): void;
  /** The end, by an error. */
  onError(error: unknown): void;
}
