import {
  CancelledError,
  ConnectionClosedError,
  codes,
  errorFromWire,
  InvalidRequestError,
  LimitExceededError,
  type Message,
  mayHoldHints,
  type RequestExtras,
  type RequestParts,
} from '@bjsonrpc/protocol';
import type { CallOptions } from './call-options.js';
import type { Connection } from './connection.js';
import { noObject, referenceOf } from './imports.js';
import { type OutgoingCall, outgoingChain } from './interceptors.js';
import { Keywords } from './keywords.js';
import { Patience } from './patience.js';
import type { CallKind } from './proxies.js';
import { RemotePromise } from './remote-promise.js';
import { RemoteStream, STREAM_WINDOW } from './remote-stream.js';
import { Request } from './request.js';
import type { Route } from './route.js';
import { Unsettled } from './values.js';

type Invoke = (route: Route, args: readonly unknown[], options: CallOptions | undefined) => unknown;

/** The calls of this side: from the program to the wire, and their answers back. */
export class Outbound {
  readonly #connection: Connection;
  readonly #pending = new Map<number, Request>();
  /** Calls that were given up; their answers may still come. They are forgotten when there are too many. */
  readonly #abandoned = new Set<number>();
  readonly #patience: Patience;
  readonly #invokers: { readonly [kind in CallKind]: Invoke };

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#patience = new Patience(connection, this.#pending, (request, error) =>
      this.#abandon(request, error),
    );
    const invoker = (kind: CallKind): Invoke =>
      connection.options.outgoing.length === 0
        ? (this[kind].bind(this) as Invoke)
        : (route, args, options) => this.#intercepted(kind, route, args, options);
    this.#invokers = {
      call: invoker('call'),
      method: invoker('method'),
      notify: invoker('notify'),
      pipe: invoker('pipe'),
    };
  }

  /** Calls without an answer. */
  get size(): number {
    return this.#pending.size;
  }

  /** Whether the other side owes this one an answer, be it to a call that was given up. */
  get isWaiting(): boolean {
    return this.#pending.size > 0 || this.#abandoned.size > 0;
  }

  /** What a proxy's methods do, through the interceptors where there are any. */
  invoker(kind: CallKind): Invoke {
    return this.#invokers[kind];
  }

  call(route: Route, args: readonly unknown[], options: CallOptions | undefined): RemotePromise<unknown> {
    const request = this.#request();
    const { value } = request; // before it can settle: its promise hears of everything
    this.#start(request, route, args, options);
    return value;
  }

  method(route: Route, args: readonly unknown[], options: CallOptions | undefined): Request {
    const request = this.#request();
    this.#start(request, route, args, options);
    return request;
  }

  pipe(route: Route, args: readonly unknown[], options: CallOptions | undefined): RemoteStream<unknown> {
    const stream = new RemoteStream<unknown>(this.#connection);
    const request = this.#request();
    stream.attach(request);
    this.#start(request, route, args, options);
    return stream;
  }

  /** @throws UnsendableError, LimitExceededError: nothing was sent */
  notify(route: Route, args: readonly unknown[], options?: CallOptions): void {
    const connection = this.#connection;
    if (!connection.isOpen) return;
    try {
      const text = this.#plainText(route, args, undefined, undefined);
      connection.send(
        text ?? this.#encode(route, args, undefined, (parts) => connection.profile.notification(parts)),
      );
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      // Nobody hears of it when the awaited call fails, as of any notification that comes to nothing.
      error.request.whenSettled(() => connection.guard(() => this.notify(route, args, options)));
    }
  }

  /** Whether a call may build on the answer to this request before it is here (section 9). */
  canPipeline(request: Request): boolean {
    return (
      request.sent &&
      request.connection === this.#connection &&
      this.#connection.far.can('pipelining') &&
      !request.sink
    );
  }

  /** The program gives a request up. */
  cancel<T>(request: Request<T>, reason: unknown): void {
    if (request.hasResponse) return;
    const error =
      reason instanceof LimitExceededError
        ? reason
        : new CancelledError('The call was cancelled', { cause: reason });
    request.onCancel?.(reason);
    this.#abandon(request, error);
  }

  /** A response has come that must not be looked into. */
  respondTooDeep({ id }: Message, error: Error): void {
    const request = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (request) this.#abandon(request, error);
  }

  /** A response has come; `text` is the message, or the batch, that it came in. */
  respond(message: Message, text: string): void {
    const { error, result, more } = message;
    const hinted = (isObject(result) || isObject(error)) && mayHoldHints(text);
    const request = typeof message.id === 'number' ? this.#pending.get(message.id) : undefined;
    if (!request) return this.#stray(message, hinted);
    if (error !== undefined && error !== null) {
      this.#settled(request);
      request.reject(this.#firstCause(request, this.#decodeError(error, hinted)));
      return;
    }
    if (result === undefined && more === undefined) {
      this.#settled(request);
      request.reject(new InvalidRequestError('The answer has neither a result nor an error'));
      return;
    }
    this.#fulfil(request, message, hinted);
  }

  /** The connection has ended: nothing will be answered any more. */
  close(cause: Error | undefined): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#abandoned.clear();
    this.#patience.stop();
    // Those that wait for another one first, or they would take its error for their own.
    for (const request of pending) if (!request.sent) request.reject(closed(false, cause));
    for (const request of pending) request.reject(closed(true, cause));
  }

  #request(): Request {
    return new Request(this.#connection, this.#connection.counter.next());
  }

  /** Never throws: whatever goes wrong becomes the request's error. */
  #start(request: Request, route: Route, args: readonly unknown[], options: CallOptions | undefined): void {
    try {
      this.#admit(request, options);
    } catch (error) {
      request.reject(error);
      return;
    }
    this.#pending.set(request.id, request);
    this.#connection.onOutboundStarted();
    this.#transmit(request, route, args, options);
  }

  #admit(request: Request, options: CallOptions | undefined): void {
    const connection = this.#connection;
    if (!connection.isOpen) throw closed(false, connection.closedBy);
    if (connection.farIsLeaving)
      throw new ConnectionClosedError('The other side is closing and takes no new calls');
    const { maxPendingCalls } = connection.limits;
    if (this.#pending.size + connection.far.waiting >= maxPendingCalls) {
      throw new LimitExceededError(`${maxPendingCalls} calls are unanswered already (maxPendingCalls)`);
    }
    this.#patience.begin(request, options);
  }

  #transmit(
    request: Request,
    route: Route,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): void {
    const connection = this.#connection;
    try {
      const extras = options || request.sink ? this.#extras(request, options) : undefined;
      const text = this.#plainText(route, args, request, extras);
      connection.send(
        text ??
          this.#encode(route, args, request, (parts) =>
            connection.profile.request(request.id, parts, extras),
          ),
      );
      request.sent = true;
    } catch (error) {
      if (error instanceof Unsettled) {
        error.request.whenSettled(() => {
          if (!request.hasResponse) this.#transmit(request, route, args, options);
        });
      } else {
        this.#settled(request);
        request.reject(error);
      }
    }
  }

  /** The text of most calls: of a known target, with arguments that need no second look. */
  #plainText(
    route: Route,
    args: readonly unknown[],
    request: Request | undefined,
    extras: RequestExtras | undefined,
  ): string | undefined {
    const { destination, json } = route;
    if (json === undefined) return undefined;
    if (destination !== undefined) {
      route.reference?.assertLive();
      if (request) request.keep = destination; // not to be collected meanwhile
    }
    const { values, profile } = this.#connection;
    const params = args.length === 0 ? undefined : values.encodePlain(args);
    if (params === undefined && args.length > 0) return undefined;
    const parts = { method: json, params, kwparams: undefined };
    return values.assertFits(
      request ? profile.request(request.id, parts, extras) : profile.notification(parts),
    );
  }

  /** The text of any call, by `write` from its parts. */
  #encode(
    route: Route,
    args: readonly unknown[],
    request: Request | undefined,
    write: (parts: RequestParts) => string,
  ): string {
    const { values } = this.#connection;
    const dependencies: Request[] = [];
    const text = values.encoding(dependencies, () => {
      const method = this.#target(route, dependencies);
      const last = args[args.length - 1];
      const keywords = last instanceof Keywords ? last.values : undefined;
      let count = keywords ? args.length - 1 : args.length;
      while (count > 0 && args[count - 1] === undefined) count--; // as if they had not been written
      const positional = count === args.length ? args : args.slice(0, count);
      return write({
        method,
        params: count > 0 ? values.encode(positional, 'params') : undefined,
        kwparams:
          keywords && Object.keys(keywords).length > 0 ? values.encode(keywords, 'kwparams') : undefined,
      });
    });
    if (request) {
      request.keep = [route.destination, args]; // proxies among the arguments must not be collected meanwhile
      if (dependencies.length) request.dependencies = dependencies;
    }
    return text;
  }

  /** The target as JSON text. A route to the result of a request depends on how far that request has come. */
  #target(route: Route, dependencies: Request[]): string {
    if (route.json !== undefined) return route.json;
    const request = route.destination as Request;
    if (!request.hasResponse) {
      if (!this.canPipeline(request)) throw new Unsettled(request);
      dependencies.push(request);
      return JSON.stringify(route.target);
    }
    const reference = referenceOf(request.outcome);
    if (reference?.connection !== this.#connection) throw noObject(request.id);
    reference.assertLive();
    return JSON.stringify(`${reference.name}.${route.method}`);
  }

  #extras(request: Request, options: CallOptions | undefined): RequestExtras {
    const { far } = this.#connection;
    const traced = options?.traceparent !== undefined && far.might('cancel');
    return {
      stream: request.sink && far.might('streams') ? STREAM_WINDOW : undefined,
      timeout: far.might('cancel') ? this.#patience.left(options) : undefined,
      traceparent: traced ? options.traceparent : undefined,
      tracestate: traced ? options.tracestate : undefined,
    };
  }

  #fulfil(request: Request, { result = null, more }: Message, hinted: boolean): void {
    const { sink } = request;
    // An old peer's stream has no end; a call that is answered twice has been settled by the first answer.
    const last = sink ? more === false : true;
    if (last) this.#settled(request);
    let value: unknown = result;
    if (hinted) {
      try {
        const decoded = this.#connection.values.decode(result);
        for (const reference of decoded.arrived) {
          reference.owned = true; // results belong to the caller
          reference.unhold();
        }
        value = decoded.value;
      } catch (error) {
        this.#giveBack(result);
        if (!last) this.#abandon(request, error);
        else request.reject(error);
        return;
      }
    }
    if (!sink) request.fulfil(value);
    else if (!last) sink.onItem(value, more === true);
    else {
      sink.onEnd(value);
      request.fulfil(value);
    }
  }

  #decodeError(error: unknown, hinted: boolean): Error {
    try {
      const decoded = hinted ? this.#connection.values.decode(error) : { value: error, arrived: [] };
      for (const reference of decoded.arrived) {
        reference.owned = true;
        reference.unhold();
      }
      return errorFromWire(decoded.value);
    } catch (failure) {
      return failure as Error;
    }
  }

  /** Calls that were built on a failed one fail with what that one failed with. */
  #firstCause(request: Request, error: Error): unknown {
    if ((error as { code?: unknown }).code !== codes.dependencyFailed) return error;
    return (
      request.dependencies?.map((dependency) => dependency.error).find((cause) => cause !== undefined) ??
      error
    );
  }

  /** Nobody waits for this one any more; what it brought is given back. */
  #stray(message: Message, hinted: boolean): void {
    this.#connection.stats.stray++;
    if (message.more !== true && this.#abandoned.delete(message.id as number))
      this.#connection.onOutboundSettled();
    if (hinted) this.#giveBack([message.result, message.error]);
  }

  #giveBack(value: unknown): void {
    this.#connection.imports.receiveUnwanted(value);
  }

  #settled(request: { readonly id: number }): void {
    this.#pending.delete(request.id);
    this.#connection.onOutboundSettled();
  }

  /** Settle from this side, and tell the other to stop. */
  #abandon<T>(request: Request<T>, error: unknown): void {
    if (this.#pending.has(request.id)) {
      if (request.sent) {
        if (this.#abandoned.size >= this.#connection.limits.maxPendingCalls) this.#abandoned.clear();
        this.#abandoned.add(request.id);
        this.#connection.sendCancel(request.id);
      }
      this.#settled(request);
    }
    request.reject(error);
  }

  #intercepted(
    kind: CallKind,
    route: Route,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): unknown {
    const { options: own, peer } = this.#connection;
    const run = outgoingChain(own.outgoing, (call: OutgoingCall) => {
      if (kind === 'notify' || kind === 'pipe') return this[kind](route, call.args, call.options);
      const { value } = (made = this.method(route, call.args, call.options));
      return value;
    });
    let made: Request | undefined;
    const call = { kind, method: route.target, args, options: options ?? {}, peer };
    if (kind === 'notify') {
      void this.#connection.settleQuietly(run(call));
      return undefined;
    }
    if (kind === 'pipe') {
      const items = run(call);
      return items instanceof Promise ? later(items) : items;
    }
    const request = this.#adopt(
      () => run(call),
      (reason) => made?.cancel(reason),
    );
    return kind === 'method' ? request : request.value;
  }

  /** A request that settles as an interceptor's promise does. Left alone by interceptors it is the one they made. */
  #adopt(make: () => unknown, cancel: (reason: unknown) => void): Request {
    let made: unknown;
    try {
      made = make();
    } catch (error) {
      made = Promise.reject(error);
    }
    const own = made instanceof RemotePromise ? RemotePromise.requestOf(made) : undefined;
    if (own) return own;
    const request = this.#request();
    request.onCancel = cancel;
    Promise.resolve(made).then(
      (value) => request.fulfil(value),
      (error: unknown) => request.reject(error),
    );
    return request;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function closed(sent: boolean, cause: Error | undefined): ConnectionClosedError {
  const why = cause ? `: ${cause.message}` : '';
  return new ConnectionClosedError(`The connection is closed${why}${sent ? '' : '; the call was not sent'}`, {
    cause,
    sent,
  });
}

/** The stream that an asynchronous interceptor gives in the end. */
async function* later(items: Promise<AsyncIterable<unknown>>): AsyncGenerator<unknown, unknown> {
  return yield* await items;
}
