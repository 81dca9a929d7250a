import { Queue } from './queue.js';
import { now, setImmediate } from './timers.js';

/** Bytes of messages kept while a connection waits for its next turn; with more, it stops reading. */
export const MAX_BACKLOG_BYTES: number = 256 * 1024;

/** A turn is over after this many messages, or this long. */
const TURN_MESSAGES = 256;
const TURN_MS = 4;
/** Whose last turn was longer than this, in milliseconds, waits for the next one behind those who are brief. */
const BRIEF_MS = 0.5;
/** So much may be handed over right as it arrives before it is asked whether the loop has come round. */
const MARK_MS = 1;
/** At most so many turns between two polls, however short they are. */
const MAX_TURNS = 16;
/** One turn in so many is of those who are long, whoever else waits. */
const LONG_EVERY = 4;

// The loop belongs to all connections of the process together: they hand over for TURN_MS at most as messages arrive,
// and as long between one poll and the next, before whoever else has something to say is heard.

const brief = new Queue<Turns>();
const long = new Queue<Turns>();
/** Immediates set for the next round, and those of this one that are yet to come. */
let scheduled = 0;
let left = 0;
let isFirst = false;
let isRound = false;
let roundEndMs = 0;
/** Handed over as it arrived, since the last round. */
let directMs = 0;
let taken = 0;

/**
 * The turns of one connection. Who has little to say takes its turn as its messages arrive; who takes long queues, and
 * is served after the next poll. So one that is quiet waits for one turn of another at most, however many are busy.
 */
export class Turns {
  readonly #take: () => void;
  #isDue = false;
  #wasLong = false;
  #startMs = 0;
  #endMs = 0;
  #lookMs = 0;
  #messages = 0;

  /** `take` hands over until {@link isOver}, and then has another turn come with {@link schedule}. It does not throw. */
  constructor(take: () => void) {
    this.#take = take;
  }

  /** Something has come. A turn at once, unless one is due, or that would keep others waiting: then soon. */
  request(): void {
    if (this.#isDue) return;
    if (this.#wasLong || directMs >= TURN_MS) this.schedule();
    else this.run();
  }

  /** A turn, now: for the round. */
  run(): void {
    this.#isDue = false;
    this.#messages = 0;
    this.#startMs = this.#lookMs = now();
    this.#endMs = isRound ? roundEndMs : this.#startMs + TURN_MS - directMs;
    const wasLong = this.#wasLong;
    this.#wasLong = false;
    this.#take();
    const tookMs = this.#lookMs - this.#startMs;
    // Pieces of a message say nothing of what the next one costs.
    if (tookMs > BRIEF_MS || (wasLong && this.#messages === 0)) this.#wasLong = true;
    if (isRound) return;
    directMs += tookMs;
    if (directMs > MARK_MS && scheduled === 0) scheduleRound(1);
  }

  /** A turn, soon: never from inside the caller. */
  schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    (this.#wasLong ? long : brief).push(this);
    scheduleRound(brief.length + long.length);
  }

  /** After each message: is it time to let others go first? */
  isOver(): boolean {
    const messages = ++this.#messages;
    // A look at the clock costs a tenth of a short message: one is taken after 1, 2, 4, 8 messages, and after every 16.
    if (messages % 16 === 0 || (messages & (messages - 1)) === 0) this.#lookMs = now();
    const isOver = messages === TURN_MESSAGES || this.#lookMs > this.#endMs;
    if (isOver) this.#wasLong = true;
    return isOver;
  }
}

/** Each turn is an immediate of its own, so that what it set off (promises, writes) happens before the next one. */
function scheduleRound(turns: number): void {
  const wanted = Math.min(turns, MAX_TURNS);
  for (; scheduled < wanted; scheduled++) setImmediate(takeNext);
}

function takeNext(): void {
  if (left === 0) {
    left = scheduled;
    scheduled = 0;
    directMs = 0;
    roundEndMs = now() + TURN_MS;
    isFirst = true;
  }
  left--;
  const next = isFirst || now() < roundEndMs ? nextInLine() : undefined;
  isFirst = false;
  isRound = true;
  try {
    next?.run();
  } finally {
    isRound = false;
    scheduleRound(brief.length + long.length);
  }
}

function nextInLine(): Turns | undefined {
  return ++taken % LONG_EVERY === 0 ? (long.shift() ?? brief.shift()) : (brief.shift() ?? long.shift());
}
