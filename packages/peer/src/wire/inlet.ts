import {
  type BatchAnswer,
  bindAttachments,
  type Dialect,
  envelopeOf,
  InvalidRequestError,
  isObject,
  isResponse,
  type Letter,
  LimitExceededError,
  type Limits,
  type Message,
  MessageText,
  nestsDeeperThan,
  readMessage,
  type Strangers,
  tooDeep,
  type Written,
} from '@bjsonrpc/protocol';
import { Budget } from '../basics/budget.js';
import type { Clock } from '../basics/clock.js';
import type { Reporter } from '../basics/reporter.js';
import type { Observe } from '../basics/wire-event.js';
import { BatchReader, type Reading } from './batch-reader.js';
import type { Recipient } from './recipient.js';
import { Source } from './source.js';

/** Where messages go. */
export interface InletParts {
  readonly dialect: Dialect;
  /** What is spoken with those who do not know that dialect; undefined: nothing else. */
  readonly strangers?: Dialect | undefined;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly observe: Observe | undefined;
  readonly far: {
    readonly isUndecided: boolean;
    readonly mostBytes: number;
    learn(message: Message, isResponse: boolean): void;
    takesHints(dialect: Dialect): boolean;
  };
  /** What a value refers to that nobody will see. */
  readonly imports: { giveBack(value: unknown): void };
  /** Calls of the other side. */
  readonly incoming: { receive(message: Message, id: string | undefined, source: Source): void };
  /** Answers to calls of this side. */
  readonly responses: { respond(message: Message, source: Source): void };
  readonly answers: { failure(to: Recipient, error: unknown): void };
  readonly outlet: { readonly isClosed: boolean; answer(text: string): Promise<void> | undefined };
  readonly flow: { update(): void };
  readonly memory: { take(bytes: number): void; give(bytes: number): void };
  /** Whether this side has said that it takes bytes beside a message. */
  readonly carriesBytes: boolean;
  readonly reporter: Pick<Reporter, 'report'>;
  /** Ends the connection. */
  readonly life: { cut(error: Error): void };
}

/** Where messages come in: each is read, and goes to the calls if it has a method, to those who wait if it answers. */
export class Inlet {
  readonly #parts: InletParts;
  readonly #budget: Budget;
  readonly #batches: BatchReader;
  readonly #strangers: Strangers<Dialect> | undefined;
  #isOver = false;
  messages = 0;
  /** Messages that were none. */
  invalid = 0;

  constructor(parts: InletParts) {
    this.#parts = parts;
    this.#budget = new Budget(parts.clock, parts.limits.maxInvalidPerMinute);
    this.#batches = new BatchReader(parts, this);
    this.#strangers = parts.strangers?.amongOthers?.();
  }

  /** Whether there is enough to do for now. */
  get isBusy(): boolean {
    return this.#batches.isBusy;
  }

  receive(message: Written): void {
    this.messages++;
    this.#parts.observe?.('received', message);
    if (this.#batches.isBusy) this.#batches.keep(message);
    else this.read(message);
  }

  /** Run, once, when all that has come is read. */
  whenRead(callback: () => void): void {
    this.#batches.whenRead(callback);
  }

  /** The connection has ended. Answers that have come are read to the last; calls are not. */
  finish(): void {
    this.#isOver = true;
    this.#batches.finish();
  }

  /** For what has waited. */
  read(written: Written): void {
    if (typeof written !== 'string') return this.#readLetter(written);
    const text = written;
    const { limits } = this.#parts;
    let message: unknown;
    try {
      message = readMessage(text, limits);
    } catch (error) {
      return this.#refuseUnread(text, error);
    }
    if (Array.isArray(message)) this.#readBatch(message, text);
    else this.#readAlone(message, text);
  }

  /** A message with bytes beside it. Where they do not fit each other, nothing that follows can be trusted to. */
  #readLetter({ text, attachments, length }: Letter): void {
    const { limits, carriesBytes, life } = this.#parts;
    let message: Message;
    try {
      if (!carriesBytes)
        throw new InvalidRequestError('Bytes beside a message, which this side has not asked for');
      if (length > limits.maxMessageBytes)
        throw new LimitExceededError(
          `A message with what is beside it has ${length} bytes (maxMessageBytes)`,
        );
      message = readMessage(text, limits) as Message;
      bindAttachments(message, attachments);
    } catch (error) {
      return life.cut(error as Error);
    }
    this.#readAlone(message, text, { attachedBytes: length - text.length });
  }

  #readAlone(message: unknown, text: string, place?: { readonly attachedBytes: number }): void {
    const dialect = this.#strangers?.dialectOf(message) ?? this.#parts.dialect;
    this.#route(message, new Source(text, dialect, this.#refusal(message, text), place));
  }

  /** The original's are read element by element, each answered by a message of its own. */
  #readBatch(elements: readonly unknown[], text: string): void {
    const { length } = elements;
    const dialect = this.#strangers?.dialectOfBatch(elements) ?? this.#parts.dialect;
    const refused = this.#refusalOfBatch(length, dialect);
    if (refused) {
      this.#refuse({ dialect, batch: undefined }, refused);
      if (this.#parts.far.takesHints(dialect)) this.#parts.imports.giveBack(elements);
      return;
    }
    const answer = this.#gathering(dialect);
    const batch = { text: new MessageText(text, true), length, dialect, answer };
    this.#batches.read({ elements, text, batch });
  }

  #refusalOfBatch(length: number, dialect: Dialect): Error | undefined {
    const { maxBatchLength } = this.#parts.limits;
    if (dialect.strict && length === 0) return invalid(dialect);
    if (!dialect.batches) return new InvalidRequestError(`The dialect ${dialect.name} has no batches`);
    if (length <= maxBatchLength) return undefined;
    return new LimitExceededError(`A batch may have ${maxBatchLength} elements (maxBatchLength)`);
  }

  #gathering({ gather }: Dialect): BatchAnswer | undefined {
    const { outlet, memory, far } = this.#parts;
    return gather?.({
      send: (text) => (outlet.isClosed ? undefined : outlet.answer(text)),
      memory,
      maxLength: far.mostBytes / 3, // whatever the characters are
    });
  }

  /** For a batch: one of its messages. */
  readElement({ elements, text, batch }: Reading, element: number): void {
    const message = elements[element];
    const place = { batch, element };
    this.#route(message, new Source(text, batch.dialect, this.#refusal(message, text), place));
  }

  /** Why a message must not be looked into. Every level takes two characters at least. */
  #refusal(message: unknown, text: string): Error | undefined {
    const { maxDepth } = this.#parts.limits;
    const isDeep = text.length > 2 * maxDepth && nestsDeeperThan(message, maxDepth);
    return isDeep ? tooDeep(maxDepth) : undefined;
  }

  /** What would take long to read is answered all the same, and fails the call that it answers. */
  #refuseUnread(text: string, error: unknown): void {
    const envelope = error instanceof LimitExceededError ? envelopeOf(text) : undefined;
    const dialect = this.#strangers?.dialectOfText(text) ?? this.#parts.dialect;
    if (!envelope) return this.#refuse({ dialect, batch: undefined }, error);
    this.#route(envelope, new Source(text, dialect, error as Error));
  }

  #route(value: unknown, source: Source): void {
    const { dialect, batch } = source;
    const { strict } = dialect;
    if (!isObject(value) || Array.isArray(value)) return this.#refuse(source, invalid(dialect));
    const { far, responses, incoming, limits } = this.#parts;
    const message = value as Message;
    const response = strict ? strict.isResponse(message) : isResponse(message);
    if (far.isUndecided) far.learn(message, response);
    if (response) return responses.respond(message, source);
    if (this.#isOver) return;
    let id: string | undefined;
    try {
      id = source.idOf(message, limits.maxIdLength);
    } catch (error) {
      return this.#refuse(source, typeof message.method === 'string' ? error : invalid(dialect));
    }
    if (typeof message.method !== 'string') {
      if (!batch && strict?.isOdd(message)) return this.#ignore();
      return this.#refuse(source, invalid(dialect), id);
    }
    const fault = strict?.faultOf(message);
    if (fault) return this.#refuse(source, fault, id);
    if (id !== undefined) batch?.expect();
    incoming.receive(message, id, source);
  }

  /** Answer what is no message, and count it: too many of them end the connection, or are ignored where oddities are the rule. */
  #refuse({ dialect, batch }: Pick<Recipient, 'dialect' | 'batch'>, error: unknown, id = 'null'): void {
    const { answers, limits, life } = this.#parts;
    this.invalid++;
    const isWithin = this.#budget.spend();
    batch?.expect();
    if (isWithin || !dialect.strict || batch) answers.failure({ id, dialect, batch }, error);
    if (isWithin || dialect.strict) return;
    const { maxInvalidPerMinute } = limits;
    const why = `More than ${maxInvalidPerMinute} malformed messages in a minute (maxInvalidPerMinute)`;
    life.cut(new LimitExceededError(why));
  }

  /** Others have messages of kinds that are not in JSON-RPC. They mean no harm, and want no answer. */
  #ignore(): void {
    this.invalid++;
    if (!this.#budget.spend()) return;
    this.#parts.reporter.report(new InvalidRequestError('A message that is no JSON-RPC was ignored'));
  }
}

/** What is no request, in the words of its dialect. */
function invalid({ strict }: Dialect): Error {
  return strict ? strict.invalid() : new InvalidRequestError();
}
