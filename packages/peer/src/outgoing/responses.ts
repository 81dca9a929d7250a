import {
  DEPENDENCY_FAILED,
  type Dialect,
  errorFromWire,
  INVALID_PARAMS,
  InvalidRequestError,
  isObject,
  METHOD_NOT_FOUND,
  type Message,
} from '@bjsonrpc/protocol';
import type { Arrived } from '../values/values.js';
import type { Source } from '../wire/source.js';
import type { Pending } from './pending.js';
import type { PendingRequest, ResponseSink } from './request.js';

/** What the answers to this side's calls are read with. */
export interface ResponsesParts {
  readonly dialect: Dialect;
  readonly far: { readonly isUndecided: boolean; takesHints(dialect: Dialect): boolean };
  readonly pending: Pick<
    Pending,
    'find' | 'listening' | 'unansweredBatch' | 'wasStray' | 'fail' | 'abandon' | 'forget'
  >;
  readonly values: {
    decode(value: unknown): { readonly value: unknown; readonly arrived: readonly Arrived[] };
  };
  readonly imports: { giveBack(value: unknown): void };
  /** Runs what an application gave us. */
  guard(run: () => unknown): void;
}

/** What is known of a response besides its members. */
interface Reading {
  /** Whether it may hold hints. */
  readonly hinted: boolean;
  readonly bytes: number;
}

/** What a message of several items holds. */
interface SharedItems extends Reading {
  readonly items: unknown;
  readonly count: number;
}

/** Reads what the other side answers, and hands it to the call that waits for it. */
export class Responses {
  readonly #parts: ResponsesParts;

  constructor(parts: ResponsesParts) {
    this.#parts = parts;
  }

  /** A response has come. */
  respond(message: Message, source: Source): void {
    const { refusal, length } = source;
    const { id, error, result, more } = message;
    const { far, dialect, pending } = this.#parts;
    const hinted =
      (isObject(result) || isObject(error)) &&
      far.takesHints(dialect) &&
      (refusal !== undefined || source.mayHoldHints);
    const request = typeof id === 'number' ? pending.find(id) : undefined;
    if (id === null && source.isAlone && !isOfOneMethod(error)) this.#failBatch(error);
    if (!request) {
      pending.wasStray(id, !goesOn(more));
      if (hinted) this.#giveBack([result, error]);
    } else if (refusal) {
      this.#giveBack([result, error]);
      if (goesOn(more)) pending.abandon(request, refusal);
      else pending.fail(request, refusal);
    } else if (error !== undefined && error !== null) {
      if (hinted) this.#giveBack(result);
      pending.fail(request, firstCause(request, this.#decodeError(error, hinted)));
    } else if (result === undefined && more === undefined) {
      pending.fail(request, new InvalidRequestError('The answer has neither a result nor an error'));
    } else this.#fulfil(request, message, { hinted, bytes: length });
  }

  /** So far is the request of that token (section 7). @returns whether there is one that wants to know */
  progress(token: unknown, value: unknown, hinted: boolean): boolean {
    const listener = this.#parts.pending.listening(token)?.progress;
    listener?.prolong?.();
    const hear = listener?.hear;
    if (hear) this.#parts.guard(() => hear(hinted ? this.#decodeOwn(value) : value));
    else if (hinted) this.#giveBack(value);
    return listener !== undefined;
  }

  /** One that cannot be read, or has too many elements, is answered as a whole, by an error that names no request. */
  #failBatch(error: unknown): void {
    const { pending } = this.#parts;
    for (const request of pending.unansweredBatch ?? [])
      if (!request.hasResponse) pending.fail(request, this.#decodeError(error, false));
  }

  #fulfil(request: PendingRequest, { result = null, more }: Message, { hinted, bytes }: Reading): void {
    const { pending, values } = this.#parts;
    const { sink } = request;
    // An old peer's stream has no end; a call that is answered twice has been settled by the first answer.
    const isItem = sink && more !== false;
    if (isItem && typeof more === 'number' && this.#streams)
      return this.#receiveItems(request, sink, { items: result, count: more, hinted, bytes });
    let value: unknown = result;
    let arrived: readonly Arrived[] = [];
    if (hinted) {
      try {
        ({ value, arrived } = values.decode(result));
      } catch (error) {
        this.#giveBack(result);
        return isItem ? pending.abandon(request, error) : pending.fail(request, error);
      }
    }
    if (isItem) {
      sink.onItem({ value, arrived, bytes }, more === true);
      if (this.#streams) return;
      value = undefined; // that was all
    }
    pending.forget(request);
    for (const reference of arrived) reference.own();
    sink?.onEnd(value);
    request.fulfil(value);
  }

  /** Items that share a message (section 8). */
  #receiveItems(
    request: PendingRequest,
    sink: ResponseSink,
    { items, count, hinted, bytes }: SharedItems,
  ): void {
    const { pending, values } = this.#parts;
    if (!Array.isArray(items) || items.length !== count) {
      if (hinted) this.#giveBack(items);
      const why = 'The items of a stream are not as many as their message says';
      return pending.abandon(request, new InvalidRequestError(why));
    }
    const each = Math.ceil(bytes / count);
    for (const [place, item] of items.entries()) {
      try {
        const { value, arrived } = hinted ? values.decode(item) : { value: item as unknown, arrived: [] };
        sink.onItem({ value, arrived, bytes: each }, true);
      } catch (error) {
        this.#giveBack(items.slice(place));
        return pending.abandon(request, error);
      }
    }
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
    if (!hinted) return errorFromWire(error, knowsCode);
    try {
      return errorFromWire(this.#decodeOwn(error), knowsCode);
    } catch (failure) {
      this.#giveBack(error);
      return failure as Error;
    }
  }

  #giveBack(value: unknown): void {
    this.#parts.imports.giveBack(value);
  }
}

/** Whether further answers to the same request follow. */
function goesOn(more: unknown): boolean {
  return more === true || typeof more === 'number';
}

/** Some answer even a notification that they do not understand, by an error that names no request. */
function isOfOneMethod(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return code === METHOD_NOT_FOUND || code === INVALID_PARAMS;
}

/** Calls that were built on a failed one fail with what that one failed with. */
function firstCause({ dependencies = [] }: PendingRequest, error: Error): unknown {
  if ((error as { code?: unknown }).code !== DEPENDENCY_FAILED) return error;
  return dependencies.find((dependency) => dependency.error !== undefined)?.error ?? error;
}
