import { now } from './timers.js';

/** What one connection keeps of a budget. */
export interface InputClaim {
  /** So many bytes, from now on. Whoever is cut off to make room for them may be this one. */
  set(bytes: number): void;
}

interface Holder {
  bytes: number;
  /** When it began to hold anything. */
  sinceMs: number;
  readonly onExcess: (error: Error) => void;
}

/**
 * How much input the connections of one listener may keep together before it can be handed over: messages that have not
 * ended, and what waits while reading is held. With more, whoever has held the most for the longest (bytes times time) is
 * cut off: a long message that keeps coming is through before it is anybody's turn, and one that drips is not.
 */
export class InputBudget {
  readonly #maxBytes: number;
  readonly #holders = new Set<Holder>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Half of it is in use: those who are held are better not read at all. */
  get isTight(): boolean {
    return 2 * this.#bytes > this.#maxBytes;
  }

  /** `onExcess`: this one is cut off; it sets its claim to 0. */
  claim(onExcess: (error: Error) => void): InputClaim {
    const holder: Holder = { bytes: 0, sinceMs: 0, onExcess };
    return { set: (bytes) => this.#set(holder, bytes) };
  }

  #set(holder: Holder, bytes: number): void {
    if (bytes === holder.bytes) return;
    if (holder.bytes === 0) {
      holder.sinceMs = now();
      this.#holders.add(holder);
    } else if (bytes === 0) this.#holders.delete(holder);
    const isMore = bytes > holder.bytes;
    this.#bytes += bytes - holder.bytes;
    holder.bytes = bytes;
    if (isMore) this.#makeRoom();
  }

  #makeRoom(): void {
    while (this.#bytes > this.#maxBytes) {
      const worst = this.#worst();
      if (worst === undefined) return;
      const { bytes } = worst;
      this.#set(worst, 0);
      worst.onExcess(
        new Error(
          `The connections of this listener keep more than ${this.#maxBytes} bytes of unfinished input; this one kept ${bytes}, and for long`,
        ),
      );
    }
  }

  #worst(): Holder | undefined {
    const atMs = now();
    let worst: Holder | undefined;
    let most = -1;
    for (const holder of this.#holders) {
      const weight = holder.bytes * (atMs - holder.sinceMs + 1);
      if (weight <= most) continue;
      worst = holder;
      most = weight;
    }
    return worst;
  }
}
