import {
  CancelledError,
  ConnectionClosedError,
  type Counter,
  LimitExceededError,
  type Limits,
} from '@bjsonrpc/protocol';
import type { CallKind } from '../basics/call-kind.js';
import type { CallOptions } from '../basics/call-options.js';
import type { Peer } from '../contract/peer.js';
import type { AnswerPromise } from '../proxies/remote-promise.js';
import type { Invoke, Route } from '../proxies/route.js';
import { Unsettled } from '../values/unsettled.js';
import { type Call, CallWriter, type CallWriterParts } from './call-writer.js';
import { Deadlines } from './deadlines.js';
import { type Interceptable, intercepting } from './interception.js';
import type { OutgoingInterceptor } from './outgoing-interceptor.js';
import { closedError, Pending, type PendingParts } from './pending.js';
import { ItemStream } from './remote-stream.js';
import { PendingRequest, type RequestOwner } from './request.js';
import type { Building } from './result-hints.js';

/** What the calls of this side work with. */
export interface OutgoingParts {
  readonly peer: Peer;
  readonly limits: Limits;
  readonly counter: Counter;
  readonly profile: CallWriterParts['profile'];
  readonly clock: CallWriterParts['clock'];
  /** How long a call without an own timeout is waited for, in milliseconds; 0: for ever. */
  readonly timeout: number;
  readonly interceptors: readonly OutgoingInterceptor[];
  readonly far: CallWriterParts['far'] &
    PendingParts['far'] & { readonly isLeaving: boolean; readonly waiting: number };
  readonly outlet: PendingParts['outlet'] & { send(text: string): unknown };
  readonly values: CallWriterParts['values'] & PendingParts['values'];
  readonly imports: PendingParts['imports'];
  readonly flow: PendingParts['flow'];
  guard(run: () => unknown): void;
}

/** The calls of this side, from the program to the wire; their answers settle them in {@link Pending}. */
export class Outgoing implements RequestOwner, Interceptable {
  readonly #parts: OutgoingParts;
  readonly #pending: Pending;
  readonly #deadlines: Deadlines;
  readonly #writer: CallWriter;
  readonly #invokers: { readonly [kind in CallKind]: Invoke };
  /** Set when the connection has ended. */
  #end: { readonly cause: Error | undefined } | undefined;

  constructor(parts: OutgoingParts) {
    const { clock, timeout, interceptors, peer, limits } = parts;
    this.#parts = parts;
    this.#writer = new CallWriter(this, parts);
    const { maxPendingCalls } = limits;
    const { far, outlet, values, imports, flow } = parts;
    const pending = new Pending({ maxPendingCalls, far, outlet, values, imports, flow });
    this.#pending = pending;
    const giveUp = (request: PendingRequest, error: Error): void => pending.abandon(request, error);
    this.#deadlines = new Deadlines({ clock, timeout, pending, giveUp });
    const invoker = (kind: CallKind): Invoke =>
      interceptors.length > 0
        ? intercepting(this, { kind, peer, interceptors })
        : (this[kind].bind(this) as Invoke);
    this.#invokers = {
      call: invoker('call'),
      method: invoker('method'),
      notify: invoker('notify'),
      pipe: invoker('pipe'),
    };
  }

  /** Those that have no answer yet. */
  get pending(): Pick<Pending, 'size' | 'isWaiting' | 'stray' | 'respond'> {
    return this.#pending;
  }

  /** What is known of a call while it is written: for the hints in its arguments. */
  get building(): Building {
    return this.#writer;
  }

  /** What a proxy's methods do, through the interceptors where there are any. */
  invoker(kind: CallKind): Invoke {
    return this.#invokers[kind];
  }

  call(route: Route, args: readonly unknown[], options?: CallOptions): AnswerPromise<unknown> {
    const request = this.newRequest();
    const { value } = request; // before it can settle: its promise hears of everything
    this.#start(request, { route, args, options });
    return value;
  }

  method(route: Route, args: readonly unknown[], options?: CallOptions): PendingRequest {
    const request = this.newRequest();
    this.#start(request, { route, args, options });
    return request;
  }

  pipe(route: Route, args: readonly unknown[], options?: CallOptions): ItemStream<unknown> {
    const { limits, outlet } = this.#parts;
    const request = this.newRequest();
    const stream = new ItemStream<unknown>(request, {
      maxStreamItems: limits.maxStreamItems,
      grant: (id, items) => outlet.control('$/credit', [id, items]),
      over: () => {
        if (route.method === '__iter__') route.reference?.release('it was iterated to its end');
      },
    });
    this.#start(request, { route, args, options });
    return stream;
  }

  /** @throws UnsendableError, LimitExceededError: nothing was sent */
  notify(route: Route, args: readonly unknown[], options?: CallOptions): void {
    if (this.#end) return;
    try {
      this.#parts.outlet.send(this.#writer.write({ route, args, options }, undefined));
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      // Nobody hears of it when the awaited call fails, as of any notification that comes to nothing.
      error.awaited.whenSettled(() => this.guard(() => this.notify(route, args, options)));
    }
  }

  newRequest(): PendingRequest {
    return new PendingRequest(this, this.#parts.counter.next());
  }

  guard(run: () => unknown): void {
    this.#parts.guard(run);
  }

  /** The program gives a request up. */
  cancel(request: PendingRequest, reason: unknown): void {
    if (request.hasResponse) return;
    request.onCancel?.(reason);
    const isLimit = reason instanceof LimitExceededError;
    const error = isLimit ? reason : new CancelledError('The call was cancelled', { cause: reason });
    this.#pending.abandon(request, error);
  }

  /** Nothing will be answered any more. */
  failAll(cause: Error | undefined): void {
    this.#deadlines.stop();
    this.#pending.close(cause);
  }

  /** The connection has ended: nothing leaves, either. */
  close(cause: Error | undefined): void {
    this.#end = { cause };
    this.failAll(cause);
  }

  /** Never throws: whatever goes wrong becomes the request's error. */
  #start(request: PendingRequest, call: Call): void {
    try {
      this.#admit(request, call);
    } catch (error) {
      request.reject(error);
      return;
    }
    this.#pending.add(request);
    this.#transmit(request, call);
  }

  #admit(request: PendingRequest, { route, options }: Call): void {
    const { far, limits } = this.#parts;
    if (this.#end) throw closedError(false, this.#end.cause);
    // Control messages are served to the last.
    if (far.isLeaving && !route.method.startsWith('$/'))
      throw new ConnectionClosedError('The other side is closing and takes no new calls');
    const { maxPendingCalls } = limits;
    if (this.#pending.size + far.waiting >= maxPendingCalls) {
      throw new LimitExceededError(`${maxPendingCalls} calls are unanswered already (maxPendingCalls)`);
    }
    this.#deadlines.begin(request, options);
  }

  #transmit(request: PendingRequest, call: Call): void {
    try {
      this.#parts.outlet.send(this.#writer.write(call, request));
      request.sent = true;
    } catch (error) {
      if (!(error instanceof Unsettled)) return this.#pending.fail(request, error);
      error.awaited.whenSettled(() => {
        if (!request.hasResponse) this.#transmit(request, call);
      });
    }
  }
}
