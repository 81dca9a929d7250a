import { isAnybodyBrief, wasBrief } from './rest.js';
import { BRIEF_MS, getInLine, hasReadEnough, hasTimeNow, took, turnEnd } from './rounds.js';
import { now } from './timers.js';

/** Bytes of messages kept while a connection waits for its next turn; with more, it stops reading. */
export const MAX_BACKLOG_BYTES: number = 256 * 1024;

/** A turn is over after this many messages, or when the time of the round is. */
const TURN_MESSAGES = 256;
/** With more bytes than these to hand over, a turn will be long. */
const BRIEF_BYTES = 32 * 1024;
/** A long turn weighs as much as so many brief ones. */
const LONG_WEIGHT = 2;
/** It takes three long turns to be long, and not just one or two: garbage may be collected in anybody's. */
const LIGHT = 2 * LONG_WEIGHT + 1;
const MAX_WEIGHT = 8;

let lastId = 0;

/** A connection, as its {@link Turns} see it. */
export interface TurnTaker {
  /** Hand over until {@link Turns.isOver}, and then have another turn come with {@link Turns.schedule}. Does not throw. */
  takeTurn(): void;
  /** Bytes of whole messages that can be handed over. */
  readonly backlogBytes: number;
}

/**
 * The turns of one connection. Who has little to say takes its turn as its messages arrive; who takes long queues, and
 * is served after the next poll, with rests in which others are heard. So one that is quiet waits for one turn of another
 * at most, and seldom, however many are busy.
 */
export class Turns {
  readonly id: number = ++lastId;
  readonly #taker: TurnTaker;
  #isDue = false;
  /** Of the long turns that were taken lately. */
  #weight = 0;
  #endMs = 0;
  #lookMs = 0;
  #messages = 0;

  constructor(taker: TurnTaker) {
    this.#taker = taker;
  }

  /** A turn is to come. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Something has come. A turn at once, unless one is due, or that would keep others waiting: then soon. */
  request(): void {
    if (this.#isDue) return;
    if (this.#isLong || !hasTimeNow()) this.schedule();
    else this.run();
  }

  /** A turn, soon: never from inside the caller. */
  schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    getInLine(this, this.#isLong);
  }

  /** A turn, now: for the round. */
  run(): void {
    this.#isDue = false;
    this.#messages = 0;
    const wasLong = this.#isLong;
    const startMs = now();
    this.#lookMs = startMs;
    this.#endMs = turnEnd(startMs);
    this.#taker.takeTurn();
    // Pieces of a message say nothing of what the next one costs.
    if (this.#messages === 0) return;
    const tookMs = this.#lookMs - startMs;
    if (tookMs > BRIEF_MS || this.#messages === TURN_MESSAGES) {
      this.#weight = Math.min(this.#weight + LONG_WEIGHT, MAX_WEIGHT);
    } else {
      if (this.#weight > 0) this.#weight--;
      if (!wasLong) wasBrief(this.id, startMs);
    }
    took(startMs, tookMs);
  }

  /** After each message: is it time to let others go first? */
  isOver(): boolean {
    const messages = ++this.#messages;
    // A look at the clock costs a tenth of a short message: one is taken after 1, 2, 4, 8 messages, and after every 16.
    if (messages % 16 === 0 || (messages & (messages - 1)) === 0) this.#lookMs = now();
    return messages === TURN_MESSAGES || (this.#lookMs > this.#endMs && this.#taker.backlogBytes > 0);
  }

  /**
   * So many bytes came. Are they enough, before the next turn? Reading takes its time as well: who is long is read as it
   * is served, where anybody else is brief.
   */
  hasReadEnough(bytes: number): boolean {
    return hasReadEnough(bytes) || (this.#isLong && isAnybodyBrief(this.id));
  }

  /** Without a whole message a turn is none. */
  get #isLong(): boolean {
    return this.#taker.backlogBytes > (this.#weight > LIGHT ? 0 : BRIEF_BYTES);
  }
}
