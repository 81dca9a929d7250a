import { clearInterval, setInterval } from '@bjsonrpc/byte-stream';
import type { Conversation } from './conversation.js';
import { line } from './frames.js';
import type { NatsLimits } from './nats-options.js';
import { Pair, type PairTimes } from './pair.js';
import { baseOf, newToken } from './subjects.js';

/** So many looks in the shortest of the times. */
const LOOKS = 8;

/** Time, injected. */
export interface Ticker {
  start(tick: () => void, ms: number): unknown;
  stop(timer: unknown): void;
}

export const platformTicker: Ticker = {
  start: (tick, ms) => setInterval(tick, ms).unref(),
  stop: (timer) => clearInterval(timer as NodeJS.Timeout),
};

/** What the heartbeats need of where they stand. */
export interface PairsGround {
  readonly isUp: boolean;
  readonly limits: NatsLimits;
  readonly ticker: Ticker;
  publish(subject: string, data: Uint8Array, reply?: string): void;
  /** A pair hears answers at its `at` from now on, or does no more. */
  enter(pair: Pair): void;
  leave(pair: Pair): void;
  /** Every look. */
  looked(): void;
}

/** The other processes, and one timer for all of them. */
export class Pairs {
  readonly #ground: PairsGround;
  readonly #pairs = new Map<string, Pair>();
  readonly times: PairTimes;
  readonly #tickMs: number;
  #timer: unknown;

  constructor(ground: PairsGround) {
    this.#ground = ground;
    const { pingMs, goneMs, deadMs } = ground.limits;
    this.#tickMs = Math.max(5, Math.min(pingMs, goneMs) / LOOKS);
    const looks = (ms: number): number => Math.max(1, Math.round(ms / this.#tickMs));
    this.times = { ping: looks(pingMs), gone: looks(goneMs), dead: looks(deadMs) };
  }

  /** The pair of a process with that address, if there is any conversation with it. */
  at(other: string): Pair | undefined {
    return this.#pairs.get(other);
  }

  /** The pair of that conversation, which is one of it from now on. */
  join(conversation: Conversation): Pair {
    const other = baseOf(conversation.to);
    let pair = this.#pairs.get(other);
    if (pair === undefined) {
      pair = new Pair(other, `${baseOf(conversation.at)}.${newToken()}`);
      this.#pairs.set(other, pair);
      this.#ground.enter(pair);
    }
    pair.conversations.add(conversation);
    this.start();
    return pair;
  }

  leave(conversation: Conversation): void {
    const pair = this.#pairs.get(baseOf(conversation.to));
    if (pair?.conversations.delete(conversation) !== true || pair.conversations.size > 0) return;
    this.#pairs.delete(pair.other);
    this.#ground.leave(pair);
  }

  /** Look every so often, until {@link stop}. */
  start(): void {
    this.#timer ??= this.#ground.ticker.start(this.#look, this.#tickMs);
  }

  stop(): void {
    if (this.#timer !== undefined) this.#ground.ticker.stop(this.#timer);
    this.#timer = undefined;
  }

  readonly #look = (): void => {
    for (const pair of [...this.#pairs.values()]) {
      const todo = pair.look(this.times, this.#ground.isUp);
      if (todo === 'ping') this.#ground.publish(`${pair.other}.ping`, line('P'), pair.at);
      else if (todo !== undefined) this.#giveUp(pair, todo);
    }
    this.#ground.looked();
  };

  #giveUp(pair: Pair, why: 'gone' | 'dead'): void {
    this.#pairs.delete(pair.other);
    this.#ground.leave(pair);
    const { goneMs, deadMs } = this.#ground.limits;
    const said = `the other process is gone: for ${goneMs} ms NATS has said that nobody listens at ${pair.other}`;
    const nothing = `the other process gave no sign of life for ${deadMs} ms`;
    for (const conversation of [...pair.conversations])
      conversation.destroy(new Error(why === 'gone' ? said : nothing));
  }
}
