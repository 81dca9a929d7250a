import {
  ConnectionClosedError,
  codes,
  type Dialect,
  errorFromWire,
  InvalidRequestError,
  isError,
  type Message,
  markForeign,
} from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';
import { inSlices } from '../basics/slices.js';
import type { Route } from '../proxies/route.js';
import type { Arrived } from '../values/values.js';
import type { Source } from '../wire/source.js';
import type { PendingRequest } from './request.js';

/** What the answers to this side's calls are read with. */
export interface PendingParts {
  readonly limits: { readonly maxPendingCalls: number };
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly far: {
    readonly isUndecided: boolean;
    can(extension: 'cancel'): boolean;
    takesHints(dialect: Dialect): boolean;
    whenGreeted(callback: () => void): void;
  };
  readonly outlet: { control(method: string, params: unknown): void };
  readonly values: {
    decode(value: unknown): { readonly value: unknown; readonly arrived: readonly Arrived[] };
  };
  readonly imports: { giveBack(value: unknown): void };
  /** Runs what an application gave us. */
  guard(run: () => unknown): void;
  /** Hears of each call that begins and ends to wait. */
  readonly flow: { onCallStarted(): void; onCallSettled(): void };
  /** Hears that none is left. */
  readonly deadlines: { rest(): void };
}

/** What is known of a response besides its members. */
interface Reading {
  /** Whether it may hold hints. */
  readonly hinted: boolean;
  readonly bytes: number;
}

/** The calls of this side that have no answer yet: here each settles, exactly once. */
export class Pending implements Iterable<PendingRequest> {
  readonly #parts: PendingParts;
  readonly #byId = new Map<unknown, PendingRequest>();
  /** Those whose progress is of interest, by their tokens. */
  readonly #byToken = new Map<unknown, PendingRequest>();
  /** Batches of this side of which no answer has come yet. */
  readonly #batches = new Set<readonly PendingRequest[]>();
  /** Calls that were given up; their answers may still come. They are forgotten when there are too many. */
  readonly #abandoned = new Set<unknown>();
  /** Answers that nobody was waiting for (any more). */
  stray = 0;

  constructor(parts: PendingParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Whether the other side owes an answer, be it to a call that was given up. */
  get isWaiting(): boolean {
    return this.#byId.size > 0 || this.#abandoned.size > 0;
  }

  /** In the order in which they were made. */
  [Symbol.iterator](): Iterator<PendingRequest> {
    return this.#byId.values();
  }

  add(request: PendingRequest): void {
    this.#byId.set(request.id, request);
    this.#parts.flow.onCallStarted();
  }

  /** It has been sent, and wants to hear of progress. */
  listen(request: PendingRequest): void {
    for (const token of request.progress?.tokens ?? []) this.#byToken.set(token, request);
  }

  /** A batch with these requests has been sent: an answer without an id may be to all of it. */
  sentBatch(requests: readonly PendingRequest[]): void {
    if (requests.length > 0) this.#batches.add(requests);
    for (const request of requests) request.batch = requests;
  }

  /** So far is the request of that token (section 7). @returns whether there is one that wants to know */
  progress(token: unknown, value: unknown, hinted: boolean): boolean {
    const listener = this.#byToken.get(token)?.progress;
    listener?.prolong?.();
    const hear = listener?.hear;
    if (hear) this.#parts.guard(() => hear(hinted ? this.#decodeOwn(value) : value));
    else if (hinted) this.#giveBack(value);
    return listener !== undefined;
  }

  /** A response has come. */
  respond(message: Message, source: Source): void {
    const { refusal, length } = source;
    const { id, error, result, more } = message;
    const { far, dialect } = this.#parts;
    const hinted =
      (isObject(result) || isObject(error)) &&
      far.takesHints(dialect) &&
      (refusal !== undefined || source.mayHoldHints);
    const request = typeof id === 'number' ? this.#byId.get(id) : undefined;
    if (id === null && this.#batches.size > 0 && source.isAlone && !isOfOneMethod(error))
      this.#failBatch(error);
    if (!request) {
      this.stray++;
      if (more !== true && this.#abandoned.delete(id)) this.#parts.flow.onCallSettled();
      if (hinted) this.#giveBack([result, error]);
    } else if (refusal) {
      this.#giveBack([result, error]);
      if (more === true) this.abandon(request, refusal);
      else this.fail(request, refusal);
    } else if (error !== undefined && error !== null) {
      if (hinted) this.#giveBack(result);
      this.fail(request, firstCause(request, this.#decodeError(error, hinted)));
    } else if (result === undefined && more === undefined) {
      this.fail(request, new InvalidRequestError('The answer has neither a result nor an error'));
    } else this.#fulfil(request, message, { hinted, bytes: length });
  }

  /** One that cannot be read, or has too many elements, is answered as a whole, by an error that names no request. */
  #failBatch(error: unknown): void {
    const [requests = []] = this.#batches;
    for (const request of requests)
      if (!request.hasResponse) this.fail(request, this.#decodeError(error, false));
  }

  /** It has failed: nothing more will come of it. */
  fail(request: PendingRequest, error: unknown): void {
    this.#forget(request);
    request.reject(error);
  }

  /** It fails on this side, and the other is told to stop. */
  abandon(request: PendingRequest, error: unknown): void {
    const { id, sent } = request;
    if (this.#byId.has(id)) {
      if (sent) {
        const { limits, dialect } = this.#parts;
        if (this.#abandoned.size >= limits.maxPendingCalls) this.#abandoned.clear();
        if (dialect.cancel?.isAnswered !== false) this.#abandoned.add(id);
        this.#sendCancel(id, error);
      }
      this.#forget(request);
    }
    request.reject(error);
  }

  /**
   * The connection has ended: nothing will be answered any more. Messages behind the one of that number have certainly
   * not arrived. Resolves when all have failed: they may be many.
   */
  close(cause: Error | undefined, lastDelivered: number): Promise<void> {
    const mayHaveRun = ({ sentAs }: PendingRequest): boolean => sentAs > 0 && sentAs <= lastDelivered;
    // Those that wait for another one first, or they would take its error for their own.
    const all = [...this].sort((one, other) => Number(one.sent) - Number(other.sent));
    this.#byId.clear();
    this.#byToken.clear();
    this.#batches.clear();
    this.#abandoned.clear();
    return inSlices(all, this.#parts.clock, (request) => {
      request.reject(closedError(request.route, mayHaveRun(request), cause));
    });
  }

  #fulfil(request: PendingRequest, { result = null, more }: Message, { hinted, bytes }: Reading): void {
    const { sink } = request;
    // An old peer's stream has no end; a call that is answered twice has been settled by the first answer.
    const isItem = sink && more !== false;
    let value: unknown = result;
    let arrived: readonly Arrived[] = [];
    if (hinted) {
      try {
        ({ value, arrived } = this.#parts.values.decode(result));
      } catch (error) {
        this.#giveBack(result);
        return isItem ? this.abandon(request, error) : this.fail(request, error);
      }
    }
    if (isItem) {
      sink.onItem({ value, arrived, bytes }, more === true);
      if (this.#streams) return;
      value = undefined; // that was all
    }
    this.#forget(request);
    for (const reference of arrived) reference.own();
    sink?.onEnd(value);
    request.fulfil(value);
  }

  /** Whether one request may have several answers. */
  get #streams(): boolean {
    const { far, dialect } = this.#parts;
    return far.isUndecided || far.takesHints(dialect);
  }

  /** The references that come with it are the program's. @throws what keeps it from being decoded */
  #decodeOwn(value: unknown): unknown {
    const decoded = this.#parts.values.decode(value);
    for (const reference of decoded.arrived) reference.own();
    return decoded.value;
  }

  #decodeError(error: unknown, hinted: boolean): Error {
    const { far, dialect } = this.#parts;
    const knowsCode = far.takesHints(dialect) ? undefined : dialect.knowsCode;
    if (!hinted) return markForeign(errorFromWire(error, knowsCode));
    try {
      return markForeign(errorFromWire(this.#decodeOwn(error), knowsCode));
    } catch (failure) {
      this.#giveBack(error);
      return failure as Error;
    }
  }

  /** Tell a peer that can that an answer is not wanted any more; one that may yet greet, when it does. */
  #sendCancel(id: number, error: unknown): void {
    const { far, outlet, dialect } = this.#parts;
    const { cancel } = dialect;
    if (cancel) {
      const reason = cancel.reason && { [cancel.reason]: whyOf(error) };
      return outlet.control(cancel.method, { [cancel.id]: id, ...reason });
    }
    far.whenGreeted(() => {
      if (far.can('cancel')) outlet.control('$/cancelRequest', { id });
    });
  }

  #giveBack(value: unknown): void {
    this.#parts.imports.giveBack(value);
  }

  #forget(request: PendingRequest): void {
    const { id, progress, batch } = request;
    this.#byId.delete(id);
    // A program may have given two calls the same token.
    for (const token of progress?.tokens ?? [])
      if (this.#byToken.get(token) === request) this.#byToken.delete(token);
    if (batch) this.#batches.delete(batch);
    if (this.#byId.size === 0) this.#parts.deadlines.rest();
    this.#parts.flow.onCallSettled();
  }
}

/** Some answer even a notification that they do not understand, by an error that names no request. */
function isOfOneMethod(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return code === codes.methodNotFound || code === codes.invalidParams;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Why a call was given up, in words: the program's own, if it has any. */
function whyOf(error: unknown): unknown {
  const { message, cause } = error as Partial<Error>;
  if (typeof cause === 'string') return cause;
  return isError(cause) ? cause.message : message;
}

/** Calls that were built on a failed one fail with what that one failed with. */
function firstCause({ dependencies = [] }: PendingRequest, error: Error): unknown {
  if ((error as { code?: unknown }).code !== codes.dependencyFailed) return error;
  return dependencies.find((dependency) => dependency.error !== undefined)?.error ?? error;
}

/** Why a call fails whose connection has ended; `sent`: whether it may have arrived. */
export function closedError(
  route: Route | undefined,
  sent: boolean,
  cause: Error | undefined,
): ConnectionClosedError {
  const why = cause ? `: ${cause.message}` : '';
  const what = route ? `'${route.target}'` : 'it';
  const outcome = sent ? `${what} may have run` : `the call was not sent: ${what}`;
  return new ConnectionClosedError(`The connection is closed${why}; ${outcome}`, { cause, sent });
}
