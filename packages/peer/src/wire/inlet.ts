import {
  envelopeOf,
  InvalidRequestError,
  isResponse,
  LimitExceededError,
  type Limits,
  type Message,
  MessageText,
  nestsDeeperThan,
  readMessage,
} from '@bjsonrpc/protocol';
import { Budget } from '../basics/budget.js';
import type { Clock } from '../basics/clock.js';
import type { Observe } from '../basics/wire-event.js';
import { Source } from './source.js';

/** Where messages go. */
export interface InletParts {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly observe: Observe | undefined;
  readonly far: {
    readonly isUndecided: boolean;
    learn(message: Message, isResponse: boolean): void;
  };
  /** Calls of the other side. */
  readonly incoming: { receive(message: Message, id: string | undefined, source: Source): void };
  /** Answers to calls of this side. */
  readonly pending: { respond(message: Message, source: Source): void };
  readonly answers: { failure(id: string, error: unknown): void };
  readonly outlet: { readonly isClosed: boolean };
  /** Ends the connection. */
  readonly life: { cut(error: Error): void };
}

/** Where messages come in: each is read, and goes to the calls if it has a method, to those who wait if it answers. */
export class Inlet {
  readonly #parts: InletParts;
  readonly #budget: Budget;
  messages = 0;
  /** Messages that were none. */
  invalid = 0;

  constructor(parts: InletParts) {
    this.#parts = parts;
    this.#budget = new Budget(parts.clock, parts.limits.maxInvalidPerMinute);
  }

  receive(text: string): void {
    const { limits, observe, outlet } = this.#parts;
    this.messages++;
    observe?.('received', text);
    let message: unknown;
    try {
      message = readMessage(text, limits);
    } catch (error) {
      return this.#refuseUnread(text, error);
    }
    if (!Array.isArray(message)) return this.#route(message, new Source(text, this.#refusal(message, text)));
    // Read as the original reads it: element by element, each answered by a message of its own.
    const { length } = message;
    if (length > limits.maxBatchLength) {
      const why = `A batch may have ${limits.maxBatchLength} elements (maxBatchLength)`;
      return this.#refuse('null', new LimitExceededError(why));
    }
    const batch = { text: new MessageText(text, true), length };
    for (let i = 0; i < length && !outlet.isClosed; i++)
      this.#route(message[i], new Source(text, this.#refusal(message[i], text), batch, i));
  }

  /** Why a message must not be looked into. Every level takes two characters at least. */
  #refusal(message: unknown, text: string): Error | undefined {
    const { maxDepth } = this.#parts.limits;
    const isDeep = text.length > 2 * maxDepth && nestsDeeperThan(message, maxDepth);
    return isDeep ? new LimitExceededError(`Nested deeper than ${maxDepth} (maxDepth)`) : undefined;
  }

  /** What would take long to read is answered all the same, and fails the call that it answers. */
  #refuseUnread(text: string, error: unknown): void {
    const envelope = error instanceof LimitExceededError ? envelopeOf(text) : undefined;
    if (!envelope) return this.#refuse('null', error);
    this.#route(envelope, new Source(text, error as Error));
  }

  #route(value: unknown, source: Source): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#refuse('null', new InvalidRequestError());
    const { far, pending, incoming, limits } = this.#parts;
    const message = value as Message;
    const response = isResponse(message);
    if (far.isUndecided) far.learn(message, response);
    if (response) return pending.respond(message, source);
    let id: string | undefined;
    try {
      id = source.idOf(message, limits.maxIdLength);
    } catch (error) {
      return this.#refuse('null', typeof message.method === 'string' ? error : new InvalidRequestError());
    }
    if (typeof message.method === 'string') incoming.receive(message, id, source);
    else this.#refuse(id ?? 'null', new InvalidRequestError());
  }

  /** Answer what is no message, and count it: too many of them end the connection. */
  #refuse(id: string, error: unknown): void {
    const { answers, limits, life } = this.#parts;
    this.invalid++;
    answers.failure(id, error);
    if (this.#budget.spend()) return;
    const { maxInvalidPerMinute } = limits;
    const why = `More than ${maxInvalidPerMinute} malformed messages in a minute (maxInvalidPerMinute)`;
    life.cut(new LimitExceededError(why));
  }
}
