import { ConnectionClosedError, type Dialect } from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';
import { inSlices } from '../basics/slices.js';
import type { Route } from '../proxies/route.js';
import { InFlight } from './in-flight.js';
import type { PendingRequest } from './request.js';

/** What calls are given up and counted with. */
export interface PendingParts {
  readonly limits: { readonly maxPendingCalls: number };
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly far: {
    can(extension: 'cancel'): boolean;
    whenGreeted(callback: () => void): void;
  };
  readonly outlet: { control(method: string, params: unknown): void };
  /** Hears of each call that begins and ends to wait. */
  readonly flow: { onCallStarted(): void; onCallSettled(): void };
  /** Hears that none is left. */
  readonly deadlines: { rest(): void };
}

/** The calls of this side that have no answer yet: here each settles, exactly once. */
export class Pending implements Iterable<PendingRequest> {
  readonly #parts: PendingParts;
  readonly #byId = new InFlight<PendingRequest>();
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
    return this.#byId[Symbol.iterator]();
  }

  add(request: PendingRequest): void {
    this.#byId.add(request);
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

  /** The call of that id. */
  find(id: number): PendingRequest | undefined {
    return this.#byId.get(id);
  }

  /** The call of that progress token. */
  listening(token: unknown): PendingRequest | undefined {
    return this.#byToken.get(token);
  }

  /** The oldest batch of which no answer has come. */
  get unansweredBatch(): readonly PendingRequest[] | undefined {
    const [oldest] = this.#batches;
    return oldest;
  }

  /** An answer has come for which no call waits; `isLast`: none follows for the same request. */
  wasStray(id: unknown, isLast: boolean): void {
    this.stray++;
    if (isLast && this.#abandoned.delete(id)) this.#parts.flow.onCallSettled();
  }

  /** It has failed: nothing more will come of it. */
  fail(request: PendingRequest, error: unknown): void {
    this.forget(request);
    request.reject(error);
  }

  /** It fails on this side, and the other is told to stop. */
  abandon(request: PendingRequest, error: unknown): void {
    const { id, sent } = request;
    if (this.#byId.get(id)) {
      if (sent) {
        const { limits, dialect } = this.#parts;
        if (this.#abandoned.size >= limits.maxPendingCalls) this.#abandoned.clear();
        if (dialect.cancel?.isAnswered !== false) this.#abandoned.add(id);
        this.#sendCancel(id, error);
      }
      this.forget(request);
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

  /** Tell a peer that can that an answer is not wanted any more; one that may yet greet, when it does. */
  #sendCancel(id: number, error: unknown): void {
    const { far, outlet, dialect } = this.#parts;
    const { cancel } = dialect;
    if (cancel) return outlet.control(cancel.method, cancel.params(id, error));
    far.whenGreeted(() => {
      if (far.can('cancel')) outlet.control('$/cancelRequest', { id });
    });
  }

  /** It has settled, or is about to. */
  forget(request: PendingRequest): void {
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
