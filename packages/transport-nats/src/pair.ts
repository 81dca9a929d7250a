import type { Conversation } from './conversation.js';

/** Times, in looks of {@link Pairs}: a process that was busy or asleep takes nobody for dead. */
export interface PairTimes {
  readonly ping: number;
  readonly gone: number;
  readonly dead: number;
}

/** Who answered none of so many pings is stuck: NATS cuts it off for that, and it comes back when it runs again. */
const STUCK_PINGS = 3;

/** So often NATS has to say that nobody listens there: once may be chance. */
const MIN_ABSENCES = 3;

/**
 * This process and another one, between which there are conversations: one heartbeat for all of them.
 *
 * That NATS says "nobody listens there" is no proof of death, since the other process may be on its way back: it is one after
 * a while in which nothing else was heard. Nor of one that had been silent for long by then.
 */
export class Pair {
  /** Where the other one is: its address, on which it can be asked, and where we hear its answer. */
  readonly other: string;
  readonly at: string;
  readonly conversations: Set<Conversation> = new Set();
  #silent = 0;
  #absentSince: number | undefined;
  #absences = 0;
  #looks = 0;
  #otherCounts = 0;

  constructor(other: string, at: string) {
    this.other = other;
    this.at = at;
  }

  /** A sign of life. */
  heard(): void {
    this.#silent = 0;
    this.#notAbsent();
  }

  /** NATS says that nobody listens there. */
  absent(): void {
    this.#absences++;
    this.#absentSince ??= this.#silent;
  }

  /** The other one has so many conversations with us. If it is not as many, one side has missed an end. */
  counted(conversations: number): void {
    this.heard();
    if (conversations === this.conversations.size) this.#otherCounts = 0;
    else if (++this.#otherCounts >= 2) {
      this.#otherCounts = 0;
      for (const conversation of this.conversations) conversation.ask();
    }
  }

  /** One look. What is to be done: ask it, or give it up. */
  look(times: PairTimes, isUp: boolean): 'ping' | 'gone' | 'dead' | undefined {
    this.#silent++;
    this.#looks++;
    if (!isUp) this.#notAbsent();
    if (this.#silent >= times.dead) return 'dead';
    if (this.#isAbsentFor(times.gone, times.ping * STUCK_PINGS)) return 'gone';
    if (this.#looks % times.ping === 0) for (const conversation of this.conversations) conversation.look();
    if (this.#silent < times.ping) return undefined;
    const every = this.#absentSince === undefined ? times.ping : Math.max(1, Math.floor(times.gone / 8));
    return (this.#silent - times.ping) % every === 0 ? 'ping' : undefined;
  }

  #isAbsentFor(looks: number, stuck: number): boolean {
    const since = this.#absentSince;
    if (since === undefined || since >= stuck || this.#absences < MIN_ABSENCES) return false;
    return this.#silent - since >= looks;
  }

  #notAbsent(): void {
    this.#absentSince = undefined;
    this.#absences = 0;
  }
}
