import { Queue } from '@bjsonrpc/byte-stream';
import type { Window } from './window.js';

/** What comes from the other side: its offsets put it in order, find what is missing, and drop what came twice. */
export class Inflow {
  readonly #window: Window;
  /** Came, and was not asked for yet. */
  readonly #waiting = new Queue<Uint8Array>();
  /** The end included, which counts as one. */
  #received = 0;
  #consumed = 0;
  #limit: number;
  #toldReceived = 0;
  #isEnded = false;

  constructor(window: Window) {
    this.#window = window;
    this.#limit = window.bytes;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }
  /** All that came was asked for. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** What the other side has to know, and is told now. */
  tell(): { readonly received: number; readonly limit: number } {
    this.#limit = Math.max(this.#limit, this.#consumed + this.#window.bytes);
    this.#toldReceived = this.#received;
    return { received: this.#received, limit: this.#limit };
  }

  /** Enough has changed that it is worth a message of its own. */
  get isWorthTelling(): boolean {
    const half = this.#window.bytes / 2;
    const isWorth =
      this.#received - this.#toldReceived >= half ||
      this.#consumed + this.#window.bytes - this.#limit >= half;
    if (isWorth && this.isEmpty) this.#window.grow();
    return isWorth;
  }

  /** `gap`: something before it is missing. `fault`: it is more than was allowed. */
  take(offset: number, bytes: Uint8Array): 'taken' | 'gap' | 'fault' {
    const end = offset + bytes.length;
    if (!(end <= this.#limit)) return 'fault';
    if (offset > this.#received) return 'gap';
    if (end <= this.#received) return 'taken';
    if (this.#isEnded) return 'fault';
    this.#waiting.push(offset === this.#received ? bytes : bytes.subarray(this.#received - offset));
    this.#received = end;
    return 'taken';
  }

  /** The other side ends after so many bytes. */
  end(offset: number): 'taken' | 'gap' | 'fault' {
    if (this.#isEnded) return offset === this.#received - 1 ? 'taken' : 'fault';
    if (offset !== this.#received) return offset > this.#received ? 'gap' : 'fault';
    this.#isEnded = true;
    this.#received++;
    return 'taken';
  }

  /** The next that came. */
  next(): Uint8Array | undefined {
    const bytes = this.#waiting.shift();
    if (bytes !== undefined) this.#consumed += bytes.length;
    return bytes;
  }

  clear(): void {
    this.#waiting.clear();
    this.#window.release();
  }
}
