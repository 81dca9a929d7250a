import { clearInterval, now, setInterval } from './timers.js';

/** While somebody waits for room, so much of the budget must become free in each period: the share, and the time. */
const FREED_SHARE = 1 / 64;
const PERIOD_MS = 1000;

/** A connection, and what a budget does to it. */
export interface InputHolder {
  /** Whole messages of it wait for their turn here: it is not the other side that is slow. */
  readonly isDue: boolean;
  /** It is to read nothing, for now; or to read on. */
  waitForRoom(isToWait: boolean): void;
  /** It is cut off. */
  close(error: Error): void;
}

interface Holding {
  readonly holder: InputHolder;
  bytes: number;
  /** When it began to hold anything. */
  sinceMs: number;
}

/**
 * How much input the connections of one listener may keep together before it can be handed over: messages that have not
 * ended, and what waits while reading is held. With more, only the oldest of these messages is read on until there is
 * room, so that many long messages at once come through one after the other, and no more than one is kept beyond the limit.
 *
 * If room does not come, they are no messages but what somebody leaves here: then whoever has kept the most for the longest
 * (bytes times time) is cut off, until half of it is free.
 */
export class InputBudget {
  readonly #maxBytes: number;
  /** The oldest first, and only those that hold something. */
  readonly #holdings = new Map<InputHolder, Holding>();
  readonly #waiting = new Set<Holding>();
  #bytes = 0;
  #freedBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Half of it is in use: those who are held are better not read at all. */
  get isTight(): boolean {
    return 2 * this.#bytes > this.#maxBytes;
  }

  /** It keeps so many bytes, from now on. It may be made to wait for that, or to go on; it is not cut off in here. */
  set(holder: InputHolder, bytes: number): void {
    const found = this.#holdings.get(holder);
    if (bytes === (found?.bytes ?? 0)) return;
    const holding = found ?? { holder, bytes: 0, sinceMs: now() };
    if (found === undefined) this.#holdings.set(holder, holding);
    this.#set(holding, bytes);
  }

  get #oldest(): Holding | undefined {
    const [oldest] = this.#holdings.values();
    return oldest;
  }

  #set(holding: Holding, bytes: number): void {
    const more = bytes - holding.bytes;
    this.#bytes += more;
    holding.bytes = bytes;
    if (more < 0) this.#freedBytes -= more;
    if (bytes === 0) this.#forget(holding);
    else if (this.#bytes > this.#maxBytes && more > 0) this.#letWait(holding);
    if (this.#waiting.size > 0 && this.#bytes <= this.#maxBytes) this.#letGoOn();
  }

  #forget(holding: Holding): void {
    this.#holdings.delete(holding.holder);
    this.#goOn(holding);
    const oldest = this.#oldest;
    if (oldest !== undefined) this.#goOn(oldest);
  }

  #letWait(holding: Holding): void {
    if (this.#holdings.size === 1) return;
    this.#timer ??= setInterval(this.#look, PERIOD_MS).unref();
    if (holding === this.#oldest) return;
    this.#waiting.add(holding);
    holding.holder.waitForRoom(true);
  }

  /** One at a time: each may take up all the room there is. */
  #letGoOn(): void {
    const [first] = this.#waiting;
    if (first !== undefined) this.#goOn(first);
  }

  #goOn(holding: Holding): void {
    if (this.#waiting.delete(holding)) holding.holder.waitForRoom(false);
  }

  readonly #look = (): void => {
    const isStuck = this.#freedBytes < this.#maxBytes * FREED_SHARE && this.#oldest?.holder.isDue !== true;
    this.#freedBytes = 0;
    if (this.#bytes <= this.#maxBytes && this.#waiting.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (isStuck) {
      this.#makeRoom();
      if (this.#bytes <= this.#maxBytes) this.#letGoOn();
    }
  };

  #makeRoom(): void {
    while (this.isTight) {
      const worst = this.#worst();
      if (worst === undefined) return;
      const { bytes, holder } = worst;
      this.#set(worst, 0);
      holder.close(
        new Error(
          `The connections of this listener keep more than ${this.#maxBytes} bytes of unfinished input; this one kept ${bytes}, and for long`,
        ),
      );
    }
  }

  #worst(): Holding | undefined {
    const atMs = now();
    let worst: Holding | undefined;
    let most = -1;
    for (const holding of this.#holdings.values()) {
      const weight = holding.bytes * (atMs - holding.sinceMs + 1);
      if (weight <= most || holding.holder.isDue) continue;
      worst = holding;
      most = weight;
    }
    return worst;
  }
}
