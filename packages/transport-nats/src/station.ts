import type { Conversation, Ground } from './conversation.js';
import { Farewell } from './farewell.js';
import { type Frame, line, readFrame } from './frames.js';
import { type NatsMessage, saysNobodyListens } from './nats-connection.js';
import type { NatsLimits } from './nats-options.js';
import type { Pair } from './pair.js';
import { Pairs, type PairsGround, platformTicker, type Ticker } from './pairs.js';
import { baseOf } from './subjects.js';
import type { Wire, WireWatcher } from './wire.js';

/** Whoever hears what comes on one subject. */
export interface Box {
  receive(frame: Frame): void;
  /** What was sent with this subject as its reply, nobody listens to. */
  absent(): void;
}

export interface StationParts {
  readonly wire: Wire;
  /** Its address: it hears whatever comes below this. */
  readonly base: string;
  readonly limits: NatsLimits;
  /** Whether what came on this subject (below the base) may be answered there. */
  readonly mayAnswer: (reply: string, key: string) => boolean;
  /** Nobody hears on that subject (any more): an answer to a dial that was given up, say. */
  readonly stray?: (frame: Frame) => void;
  /** Nobody hears anything here any more. */
  readonly idle: () => void;
  readonly ticker?: Ticker;
}

/** One process as it can be reached over NATS: one wildcard subscription, and who hears what below it. */
export class Station implements Ground, PairsGround, WireWatcher {
  readonly limits: NatsLimits;
  readonly ticker: Ticker;
  readonly #parts: StationParts;
  readonly #wire: Wire;
  readonly #boxes = new Map<string, Box>();
  readonly #places = new Set<Conversation>();
  readonly #asking = new Set<Conversation>();
  readonly #farewells = new Set<Farewell>();
  readonly #pairs: Pairs;
  #unsubscribe = (): void => {};

  constructor(parts: StationParts) {
    this.#parts = parts;
    this.#wire = parts.wire;
    this.limits = parts.limits;
    this.ticker = parts.ticker ?? platformTicker;
    this.#pairs = new Pairs(this);
  }

  get isUp(): boolean {
    return this.#wire.isUp;
  }
  get pieceBytes(): number {
    return this.#wire.pieceBytes;
  }
  /** How many conversations there are. */
  get size(): number {
    return this.#places.size;
  }

  /** Somebody hears something here, or says farewell. */
  get isBusy(): boolean {
    return this.#boxes.size > 0;
  }

  /** Rejects when NATS forbids to listen there. */
  async open(): Promise<void> {
    const subject = `${this.#parts.base}.>`;
    let denied: Error | undefined;
    const subscription = this.#wire.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.#receive(message);
        else denied = error;
      },
    });
    this.#unsubscribe = () => subscription.unsubscribe();
    this.#wire.watch(this);
    await this.#wire.flush();
    if (denied === undefined) return;
    this.close();
    throw new Error(`NATS forbids to listen on ${subject}`, { cause: denied });
  }

  close(): void {
    this.#pairs.stop();
    this.#wire.unwatch(this);
    if (!this.#wire.isClosed) this.#unsubscribe();
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    this.#wire.publish(subject, data, reply);
  }

  /** Somebody hears what comes on that subject, below the base. */
  hear(subject: string, box: Box): void {
    this.#boxes.set(this.#keyOf(subject), box);
  }

  hush(subject: string): void {
    this.#boxes.delete(this.#keyOf(subject));
    if (this.#boxes.size > 0) return;
    this.#pairs.stop();
    this.#parts.idle();
  }

  /** A conversation begins. */
  place(conversation: Conversation): void {
    this.#places.add(conversation);
    const pair = this.#pairs.join(conversation);
    this.hear(conversation.at, {
      receive: (frame) => {
        pair.heard();
        conversation.receive(frame);
      },
      absent: () => pair.absent(),
    });
  }

  ended(conversation: Conversation, isMutual: boolean): void {
    if (!this.#places.delete(conversation)) return;
    this.#asking.delete(conversation);
    // Whom the pair has given up, nobody needs to be told.
    const isThere = this.#pairs.at(baseOf(conversation.to)) !== undefined;
    this.#pairs.leave(conversation);
    if (isMutual || !isThere || this.#wire.isClosed) this.hush(conversation.at);
    else this.#bid(new Farewell(this, conversation));
  }

  enter(pair: Pair): void {
    this.hear(pair.at, {
      receive: ({ words: [count] }) => pair.counted(Number(count)),
      absent: () => pair.absent(),
    });
  }

  leave(pair: Pair): void {
    this.hush(pair.at);
  }

  asks(conversation: Conversation): void {
    this.#asking.add(conversation);
  }

  looked(): void {
    for (const conversation of [...this.#asking])
      if (!conversation.insist()) this.#asking.delete(conversation);
    for (const farewell of [...this.#farewells]) farewell.look(this.#pairs.times);
  }

  over(farewell: Farewell): void {
    if (this.#farewells.delete(farewell)) this.hush(farewell.at);
  }

  up(): void {
    for (const conversation of this.#places) conversation.ask();
    for (const farewell of this.#farewells) farewell.say();
  }

  denied(subject: string, error: Error): void {
    for (const conversation of [...this.#places])
      if (conversation.to === subject) conversation.destroy(error);
  }

  closed(error: Error): void {
    for (const conversation of [...this.#places]) conversation.destroy(error);
    for (const farewell of [...this.#farewells]) this.over(farewell);
  }

  #bid(farewell: Farewell): void {
    this.#farewells.add(farewell);
    this.hear(farewell.at, farewell);
    farewell.say();
    this.#pairs.start();
  }

  #receive(message: NatsMessage): void {
    const key = this.#keyOf(message.subject);
    const box = this.#boxes.get(key);
    if (saysNobodyListens(message)) return box?.absent();
    const frame = readFrame(message.data);
    if (frame === undefined) return;
    if (box !== undefined) return box.receive(frame);
    const { reply } = message;
    if (reply === undefined) return this.#parts.stray?.(frame);
    if (!this.#parts.mayAnswer(reply, key)) return;
    if (key === 'ping' || key.endsWith('.ping')) this.#pinged(reply);
    else if (frame.kind === 'S' || frame.kind === 'R') this.publish(reply, line('X'));
  }

  #pinged(reply: string): void {
    const pair = this.#pairs.at(baseOf(reply));
    pair?.heard();
    this.publish(reply, line('K', pair?.conversations.size ?? 0));
  }

  #keyOf(subject: string): string {
    return subject.slice(this.#parts.base.length + 1);
  }
}
