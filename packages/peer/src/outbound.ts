import {
  CancelledError,
  ConnectionClosedError,
  codes,
  errorFromWire,
  InvalidRequestError,
  LimitExceededError,
  type Message,
  mayHoldHints,
} from '@bjsonrpc/protocol';
import type { CallOptions } from './call-options.js';
import { type Call, CallWriter } from './call-writer.js';
import type { Connection } from './connection.js';
import type { Reference } from './imports.js';
import { intercepted } from './interception.js';
import { Patience } from './patience.js';
import type { CallKind } from './proxies.js';
import type { RemotePromise } from './remote-promise.js';
import { RemoteStream } from './remote-stream.js';
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
  readonly #writer: CallWriter;
  readonly #invokers: { readonly [kind in CallKind]: Invoke };

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#writer = new CallWriter(connection);
    this.#patience = new Patience(connection, this.#pending, (request, error) =>
      this.#abandon(request, error),
    );
    const invoker = (kind: CallKind): Invoke =>
      connection.options.outgoing.length === 0
        ? (this[kind].bind(this) as Invoke)
        : (route, args, options) => intercepted(connection, kind, { route, args, options });
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
      connection.send(this.#writer.write({ route, args, options }, undefined));
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      // Nobody hears of it when the awaited call fails, as of any notification that comes to nothing.
      error.request.whenSettled(() => connection.guard(() => this.notify(route, args, options)));
    }
  }

  /** Whether a call may build on the answer to this request before it is here (section 9). */
  canPipeline(request: Request): boolean {
    return this.#writer.canPipeline(request);
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
  respondTooDeep(message: Message, error: Error): void {
    const { id } = message;
    const request = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (!request) return this.#stray(message, true);
    this.#giveBack([message.result, message.error]);
    if (message.more === true) return this.#abandon(request, error);
    this.#settled(request);
    request.reject(error);
  }

  /** A response has come; `text` is the message, or the batch, that it came in. */
  respond(message: Message, text: string): void {
    const { error, result, more } = message;
    const hinted = (isObject(result) || isObject(error)) && mayHoldHints(text);
    const request = typeof message.id === 'number' ? this.#pending.get(message.id) : undefined;
    if (!request) return this.#stray(message, hinted);
    if (error !== undefined && error !== null) {
      if (hinted) this.#giveBack(result);
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
      this.#admit(request, route, options);
    } catch (error) {
      request.reject(error);
      return;
    }
    this.#pending.set(request.id, request);
    this.#connection.flow.onOutboundStarted();
    this.#transmit(request, { route, args, options });
  }

  #admit(request: Request, route: Route, options: CallOptions | undefined): void {
    const connection = this.#connection;
    if (!connection.isOpen) throw closed(false, connection.closedBy);
    // Control messages are served to the last.
    if (connection.farIsLeaving && !route.method.startsWith('$/'))
      throw new ConnectionClosedError('The other side is closing and takes no new calls');
    const { maxPendingCalls } = connection.limits;
    if (this.#pending.size + connection.far.waiting >= maxPendingCalls) {
      throw new LimitExceededError(`${maxPendingCalls} calls are unanswered already (maxPendingCalls)`);
    }
    this.#patience.begin(request, options);
  }

  #transmit(request: Request, call: Call): void {
    const connection = this.#connection;
    try {
      connection.send(this.#writer.write(call, request));
      request.sent = true;
    } catch (error) {
      if (error instanceof Unsettled) {
        error.request.whenSettled(() => {
          if (!request.hasResponse) this.#transmit(request, call);
        });
      } else {
        this.#settled(request);
        request.reject(error);
      }
    }
  }

  #fulfil(request: Request, { result = null, more }: Message, hinted: boolean): void {
    const { sink } = request;
    // An old peer's stream has no end; a call that is answered twice has been settled by the first answer.
    const last = sink ? more === false : true;
    if (last) this.#settled(request);
    let value: unknown = result;
    let arrived: readonly Reference[] = [];
    if (hinted) {
      try {
        ({ value, arrived } = this.#connection.values.decode(result));
      } catch (error) {
        this.#giveBack(result);
        if (!last) this.#abandon(request, error);
        else request.reject(error);
        return;
      }
    }
    if (!last) return sink?.onItem({ value, arrived }, more === true);
    for (const reference of arrived) reference.own();
    sink?.onEnd(value);
    request.fulfil(value);
  }

  #decodeError(error: unknown, hinted: boolean): Error {
    try {
      const decoded = hinted ? this.#connection.values.decode(error) : { value: error, arrived: [] };
      for (const reference of decoded.arrived) reference.own();
      return errorFromWire(decoded.value);
    } catch (failure) {
      this.#giveBack(error);
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
      this.#connection.flow.onOutboundSettled();
    if (hinted) this.#giveBack([message.result, message.error]);
  }

  #giveBack(value: unknown): void {
    this.#connection.imports.receiveUnwanted(value);
  }

  #settled(request: { readonly id: number }): void {
    this.#pending.delete(request.id);
    this.#connection.flow.onOutboundSettled();
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
