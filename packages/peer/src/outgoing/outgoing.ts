import {
  CancelledError,
  CLOSING,
  ConnectionClosedError,
  type Counter,
  type Dialect,
  LimitExceededError,
  type Limits,
  type Written,
} from '@bjsonrpc/protocol';
import type { CallKind } from '../basics/call-kind.js';
import { type CallOptions, checkedOptions } from '../basics/call-options.js';
import type { Clock } from '../basics/clock.js';
import type { Reporter } from '../basics/reporter.js';
import { Unsettled } from '../basics/unsettled.js';
import type { Peer } from '../contract/peer.js';
import type { AnswerPromise } from '../proxies/remote-promise.js';
import { type Invoke, Route } from '../proxies/route.js';
import { Batch } from './batch.js';
import { CallSite } from './call-site.js';
import type { Call } from './call-writer.js';
import type { Deadlines } from './deadlines.js';
import { type Interceptable, intercepting } from './interception.js';
import { ItemStream, STREAM_WINDOW } from './item-stream.js';
import type { OutgoingInterceptor } from './outgoing-interceptor.js';
import { closedError, type Pending } from './pending.js';
import { PendingRequest, type RequestOwner } from './request.js';
import { StreamReader } from './stream-reader.js';

/** What the calls of this side work with. */
export interface OutgoingParts {
  readonly peer: Peer;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counter: Counter;
  readonly options: { readonly outgoing: readonly OutgoingInterceptor[]; readonly callSites: boolean };
  readonly dialect: Dialect;
  readonly far: {
    readonly mostBytes: number;
    readonly isLeaving: boolean;
    readonly waiting: number;
    whenSettled(again: () => void): void;
  };
  readonly outlet: {
    readonly unsent: number;
    readonly messages: number;
    send(message: Written): unknown;
    control(method: string, params: unknown): void;
  };
  readonly flow: { readonly isFull: boolean };
  readonly memory: { take(bytes: number): void; give(bytes: number): void };
  readonly writer: { write(call: Call, request: PendingRequest | undefined): Written };
  readonly pending: Pick<Pending, 'size' | 'add' | 'listen' | 'sentBatch' | 'fail' | 'abandon' | 'close'>;
  readonly deadlines: Pick<Deadlines, 'begin' | 'stop' | 'keepAlive'>;
  readonly reporter: Pick<Reporter, 'guard' | 'report'>;
}

const NO_OPTIONS: CallOptions = {};

/** The calls of this side, from the program to the wire; their answers settle them in {@link Pending}. */
export class Outgoing implements RequestOwner, Interceptable {
  readonly #parts: OutgoingParts;
  readonly #invokers: { readonly [kind in CallKind]: Invoke };
  /** Set while a message waits for what the other side takes: then those behind it wait, too. */
  #held: (() => void)[] | undefined;
  /** What has been called in {@link Outgoing.batch}. */
  #batch: Batch | undefined;
  /** Set when the connection has ended. */
  #end: { readonly cause: Error | undefined } | undefined;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
    const { peer, options } = parts;
    const { outgoing: interceptors } = options;
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

  checked(options: CallOptions): CallOptions {
    return checkedOptions(options, this.#parts.clock);
  }

  /** What a proxy's methods do, through the interceptors where there are any. */
  invoker(kind: CallKind): Invoke {
    return this.#invokers[kind];
  }

  call(route: Route, args: readonly unknown[], options?: CallOptions): AnswerPromise<unknown> {
    const request = this.newRequest(route);
    const { value } = request; // before it can settle: its promise hears of everything
    this.#start(request, { route, args, options });
    return value;
  }

  method(route: Route, args: readonly unknown[], options?: CallOptions): PendingRequest {
    const request = this.newRequest(route);
    this.#start(request, { route, args, options });
    return request;
  }

  pipe(route: Route, args: readonly unknown[], options?: CallOptions): StreamReader<unknown> {
    const { clock, limits, outlet, memory } = this.#parts;
    const request = this.newRequest(route);
    const items = new ItemStream(request, {
      clock,
      window: Math.min(options?.window ?? STREAM_WINDOW, limits.maxStreamItems),
      maxStreamItems: limits.maxStreamItems,
      memory,
      grant: (id, items) => outlet.control('$/credit', [id, items]),
      over: () => {
        if (route.method === '__iter__') route.reference?.release('it was iterated to its end');
      },
    });
    this.#start(request, { route, args, options });
    return new StreamReader<unknown>(items);
  }

  /**
   * What was let go of is told nothing, which is reported once.
   *
   * @throws UnsendableError, LimitExceededError: nothing was sent
   */
  notify(route: Route, args: readonly unknown[], options?: CallOptions): void {
    const { reference } = route;
    if (this.#end && !reference) return;
    if (reference?.endedWith) {
      const { reporter } = this.#parts;
      if (reference.isFirstNotice()) reporter.report(reference.endedWith, { method: route.target });
      return;
    }
    this.#assertRoom();
    this.#transmit({ route, args, options }, undefined);
  }

  /**
   * Sends what the program calls in there as one message.
   *
   * @throws what `calls` throws; TypeError in a dialect without batches
   */
  batch<Result>(calls: () => Result): Result {
    const { dialect } = this.#parts;
    if (!dialect.batches) throw new TypeError(`The dialect ${dialect.name} has no batches`);
    if (this.#batch) return calls();
    const batch = new Batch(this.#parts);
    this.#batch = batch;
    try {
      return calls();
    } finally {
      this.#batch = undefined;
      if (!this.#end) batch.send();
    }
  }

  newRequest(route?: Route): PendingRequest {
    const request = new PendingRequest(this, this.#parts.counter.next(), route);
    if (this.#parts.options.callSites) request.site = new CallSite();
    return request;
  }

  guard(run: () => unknown): void {
    void this.#parts.reporter.guard(run);
  }

  /** The program gives a request up. */
  cancel(request: PendingRequest, reason: unknown): void {
    if (request.hasResponse) return;
    request.onCancel?.(reason);
    const error =
      reason instanceof LimitExceededError
        ? reason
        : new CancelledError('The call was cancelled', { cause: reason });
    this.#parts.pending.abandon(request, error);
  }

  /** Nothing will be answered any more. Of what was sent, the last `undelivered` messages have certainly not arrived. */
  failAll(cause: Error | undefined, undelivered = 0): Promise<void> {
    this.#parts.deadlines.stop();
    return this.#parts.pending.close(cause, this.#parts.outlet.messages - undelivered);
  }

  /** The connection has ended: nothing leaves, either. */
  close(cause: Error | undefined, undelivered?: number): Promise<void> {
    this.#end = { cause };
    return this.failAll(cause, undelivered);
  }

  /** Never throws: whatever goes wrong becomes the request's error. */
  #start(request: PendingRequest, call: Call): void {
    const { onProgress, extendOnProgress } = call.options ?? NO_OPTIONS;
    if (onProgress || extendOnProgress)
      request.progress = { tokens: [], hear: onProgress, prolong: undefined };
    try {
      this.#admit(request, call);
    } catch (error) {
      request.reject(error);
      return;
    }
    this.#parts.pending.add(request);
    this.#transmit(call, request);
  }

  #admit(request: PendingRequest, { route, options }: Call): void {
    const { far, limits } = this.#parts;
    if (this.#end) throw closedError(route, false, this.#end.cause);
    // Control messages are served to the last.
    if (far.isLeaving && !isControl(route)) {
      const why = `The other side is closing and takes no new calls: '${route.target}' was not sent`;
      throw new ConnectionClosedError(why, { code: CLOSING });
    }
    const { maxPendingCalls } = limits;
    if (this.#parts.pending.size + far.waiting >= maxPendingCalls) {
      throw new LimitExceededError(`${maxPendingCalls} calls are unanswered already (maxPendingCalls)`);
    }
    this.#assertRoom();
    this.#parts.deadlines.begin(request, options);
  }

  /** @throws LimitExceededError */
  #assertRoom(): void {
    const { flow, outlet, limits } = this.#parts;
    if (!flow.isFull || outlet.unsent <= limits.maxUnsentBytes) return;
    const why = `${outlet.unsent} bytes wait to be written (maxUnsentBytes): await peer.drain() now and then`;
    throw new LimitExceededError(why);
  }

  /** Writes a call and sends it, or lets it wait. @throws what makes a notification (it has no request) unsendable */
  #transmit(call: Call, request: PendingRequest | undefined): void {
    if (this.#held && !(request && isControl(call.route)))
      return void this.#held.push(() => this.#transmitLate(call, request));
    const { writer, pending } = this.#parts;
    try {
      this.#send(writer.write(call, request), request);
    } catch (error) {
      if (Unsettled.is(error)) this.#postpone(error, () => this.#transmitLate(call, request));
      else if (request) pending.fail(request, error);
      else throw error;
    }
  }

  /** The program has gone on meanwhile: what goes wrong with a notification it hears now as what nobody else hears. */
  #transmitLate(call: Call, request: PendingRequest | undefined): void {
    const { route, args, options } = call;
    if (!request)
      void this.#parts.reporter.guard(() => this.notify(route, args, options), { method: route.target });
    else if (!request.hasResponse) this.#transmit(call, request);
  }

  #send(message: Written, request: PendingRequest | undefined): void {
    const { outlet } = this.#parts;
    if (this.#batch) this.#batch.add({ message, request });
    else outlet.send(message);
    if (!request) return;
    request.sentAs = this.#batch ? outlet.messages + 1 : outlet.messages; // where a batch goes in parts it says so itself
    if (request.progress) this.#parts.pending.listen(request);
  }

  /** A message must wait: for the answer to a call; or for what the other side takes, and all behind it as well. */
  #postpone({ awaited }: Unsettled, again: () => void): void {
    if (awaited !== this.#parts.far) return awaited.whenSettled(again);
    const held = [again];
    this.#held = held;
    awaited.whenSettled(() => {
      this.#held = undefined;
      for (const waiting of held) waiting();
    });
    // An old peer that has nothing to answer would say nothing.
    this.call(new Route(this, '$/ping'), []).catch(() => {});
  }
}

function isControl({ method }: Route): boolean {
  return method.startsWith('$/');
}
