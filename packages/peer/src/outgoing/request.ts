import { looksLike } from '../basics/looks.js';
import type { Request } from '../contract/remote-types.js';
import { AnswerPromise } from '../proxies/remote-promise.js';
import type { Awaited, Caller, Route } from '../proxies/route.js';
import type { Arrived } from '../values/values.js';
import type { CallSite } from './call-site.js';

/** What makes requests, and gives them up. */
export interface RequestOwner extends Caller {
  cancel(request: PendingRequest, reason: unknown): void;
}

/** Pending, until exactly one of the others comes true. */
type State = 'pending' | 'fulfilled' | 'rejected';

/** What there is to do when a request has come further. */
export interface ProgressListener {
  /** By which its progress is known. */
  tokens: readonly unknown[];
  readonly hear: ((value: unknown) => void) | undefined;
  /** Lets its timeout begin anew. */
  prolong: (() => void) | undefined;
}

/** One request of this side, from the call to its outcome. */
export class PendingRequest<T = unknown> implements Request<T>, Awaited {
  readonly id: number;
  readonly caller: RequestOwner;
  /** Where it was made, if that is asked for: what the stack of an error tells. */
  site: CallSite | undefined;
  /** Whom it asks, until it settles: for what errors tell. */
  route: Route | undefined;
  #state: State = 'pending';
  #outcome: unknown;
  #promise: AnswerPromise<T> | undefined;
  #resolve: ((value: T) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #whenSettled: (() => void)[] | undefined;

  /** Which message of this side it was, counted from 1; 0: it has not been handed to the transport. */
  sentAs = 0;
  /** When the shared timer gives it up, on the clock; 0: that timer lets it be. */
  dueAt = 0;
  /** What must not be garbage-collected before the answer. */
  keep: unknown;
  /** The requests it was built on (section 9). */
  dependencies: readonly Awaited[] | undefined;
  /** What to undo when it settles: timers, abort listeners. */
  cleanup: (() => void) | undefined;
  /** Who hears of its progress, if anybody does. */
  progress: ProgressListener | undefined;
  /** All requests of the batch that it was sent in. */
  batch: readonly PendingRequest[] | undefined;
  /** Cancels what an interceptor made of it. */
  onCancel: ((reason: unknown) => void) | undefined;
  /** Where the items go, if it is a pipe. */
  sink: ResponseSink | undefined;

  constructor(caller: RequestOwner, id: number, route?: Route) {
    this.caller = caller;
    this.id = id;
    this.route = route;
  }

  /** Whether it has been handed to the transport. */
  get sent(): boolean {
    return this.sentAs > 0;
  }

  get hasResponse(): boolean {
    return this.#state !== 'pending';
  }

  get value(): AnswerPromise<T> {
    if (!this.#promise) {
      this.#promise = new AnswerPromise<T>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
      }, this);
      this.#tell();
    }
    return this.#promise;
  }

  get outcome(): T {
    if (this.#state === 'fulfilled') return this.#outcome as T;
    throw this.hasResponse ? this.#outcome : new TypeError(`request ${this.id} has no response yet`);
  }

  get error(): unknown {
    return this.#state === 'rejected' ? this.#outcome : undefined;
  }

  cancel(reason?: unknown): void {
    this.caller.cancel(this as PendingRequest, reason);
  }

  whenSettled(callback: () => void): void {
    if (this.hasResponse) callback();
    else if (this.#whenSettled) this.#whenSettled.push(callback);
    else this.#whenSettled = [callback];
  }

  /** It settles: once, and then never again. */
  fulfil(value: T): void {
    this.#settle('fulfilled', value);
  }

  reject(error: unknown): void {
    if (!this.hasResponse) this.site?.addTo(error);
    this.#settle('rejected', error);
  }

  #settle(state: State, outcome: unknown): void {
    if (this.hasResponse) return;
    this.#state = state;
    this.#outcome = outcome;
    this.keep = undefined;
    this.route = undefined;
    this.dependencies = undefined;
    this.cleanup?.();
    this.cleanup = undefined;
    if (state === 'rejected') this.sink?.onError(outcome);
    this.#tell();
    if (this.#whenSettled) runInTurn(this.#whenSettled);
    this.#whenSettled = undefined;
  }

  #tell(): void {
    if (this.#state === 'fulfilled') this.#resolve?.(this.#outcome as T);
    else if (this.hasResponse) this.#reject?.(this.#outcome);
  }
}

looksLike(PendingRequest.prototype, 'Request', ({ id }) => `Request ${id}`);

/** Callbacks that are due, in order. */
const due: (() => void)[] = [];
let isRunning = false;

/** Runs callbacks now, but not from within one another: a long chain of calls must not become a deep stack. */
function runInTurn(callbacks: readonly (() => void)[]): void {
  for (const callback of callbacks) due.push(callback);
  if (isRunning) return;
  isRunning = true;
  try {
    while (due.length > 0) for (const callback of due.splice(0)) callback();
  } finally {
    isRunning = false;
  }
}

/** One item of a pipe, and the references that came with it: held until it is read. */
export interface Item {
  readonly value: unknown;
  readonly arrived: readonly Arrived[];
  /** About how long its message was; while it waits, what it takes. */
  readonly bytes: number;
}

/** Where the responses to a pipe go. */
export interface ResponseSink {
  /** How many items it takes before it has read any. */
  readonly window: number;
  /** One item; `counted` when the producer waits for credit. */
  onItem(item: Item, counted: boolean): void;
  /** The end, with the generator's return value. */
  onEnd(value: unknown): void;
  /** The end, by an error. */
  onError(error: unknown): void;
}
