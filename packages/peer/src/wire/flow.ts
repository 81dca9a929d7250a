import type { Duplex, Written } from '@bjsonrpc/protocol';
import type { Cause } from './outlet.js';

/** What decides about reading on, besides the transport. */
export interface FlowParts {
  readonly duplex: Pick<Duplex, 'hold'>;
  readonly outlet: { readonly isClosed: boolean };
  readonly memory: {
    /** @throws LimitExceededError */
    assertRoom(bytes: number): void;
    keep(bytes: number): void;
    give(bytes: number): void;
  };
  /** Ends the connection. */
  readonly life: { cut(error: Error): void };
  readonly incoming: {
    /** So many calls wait here that reading on makes little sense. */
    readonly isFlooded: boolean;
    /** A call of this side waits: calls of the other that wait for their turn may run instead. */
    makeRoom(): void;
  };
  /** Whether a long batch is being read. */
  readonly inlet: { readonly isBusy: boolean };
  /** Whether the other side owes an answer. */
  readonly pending: { readonly isWaiting: boolean };
}

/** What one message takes that waits to be written, besides its text. */
const MESSAGE_BYTES = 256;
/** So much may wait for a reader in any case; with more, one for whom there is no room is cut off. */
const MAX_UNREAD = 1024 * 1024;

/**
 * When to hold reading back: while calls pile up here, or answers that the other side does not read; but never
 * while this side waits for an answer itself, since that may be what everything waits for.
 *
 * Both sides can never hold at once: whose answers pile up has sent them to a side that waits for them, and reads.
 */
export class Flow {
  readonly #parts: FlowParts;
  /** Set while the transport's buffer is full ... */
  #full: Promise<void> | undefined;
  /** ... and answers are in it. */
  #hasAnswers = false;
  /** How much the other side has asked for since. */
  #unread = 0;
  #isHolding = false;

  constructor(parts: FlowParts) {
    this.#parts = parts;
  }

  /** The transport has taken a message and is full; the promise is its own. */
  filled(full: Promise<void>, message: Written, cause: Cause): void {
    if (cause !== 'call') this.#owe(message.length + MESSAGE_BYTES);
    if (cause === 'answer' && !this.#hasAnswers) {
      this.#hasAnswers = true;
      this.update();
    }
    if (full === this.#full) return;
    this.#full = full;
    void full.then(() => {
      if (this.#full !== full) return;
      this.#full = undefined;
      this.#hasAnswers = false;
      this.#parts.memory.give(this.#unread);
      this.#unread = 0;
      this.update();
    });
  }

  /** Whether the transport has said that its buffer is full. */
  get isFull(): boolean {
    return this.#full !== undefined;
  }

  /** So long an answer is about to be sent. @throws LimitExceededError where too many are not read */
  assertRoomFor(bytes: number): void {
    if (this.#full) this.#parts.memory.assertRoom(bytes);
  }

  /** So much is not read yet. Refusals and releases are sent in any case, be there room or not; but not for ever. */
  #owe(bytes: number): void {
    this.#parts.memory.keep(bytes);
    this.#unread += bytes;
    if (this.#unread <= MAX_UNREAD) return;
    try {
      this.#parts.memory.assertRoom(0);
    } catch (error) {
      this.#parts.life.cut(error as Error);
    }
  }

  /** Something that decides about holding has changed. */
  update(): void {
    const { duplex, incoming, inlet, pending, outlet } = this.#parts;
    const isFull = (this.#hasAnswers || incoming.isFlooded) && !pending.isWaiting;
    const hold = (isFull || inlet.isBusy) && !outlet.isClosed;
    if (hold === this.#isHolding) return;
    this.#isHolding = hold;
    duplex.hold(hold);
  }

  /** A call of this side is on its way: its answer must be read. */
  onCallStarted(): void {
    if (this.#isHolding) this.update();
    this.#parts.incoming.makeRoom();
  }

  /** One answer less to wait for. */
  onCallSettled(): void {
    if (this.#hasAnswers || this.#parts.incoming.isFlooded) this.update();
  }

  /** Resolves when the transport has room. */
  async drained(): Promise<void> {
    while (this.#full) await this.#full;
  }
}
