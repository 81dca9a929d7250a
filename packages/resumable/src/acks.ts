/** So much is confirmed with the next message that leaves ... */
const DUE_MESSAGES = 256;
const DUE_CHARS = 64 * 1024;
/** ... and so much at once. */
const URGENT_MESSAGES = 512;
const URGENT_CHARS = 128 * 1024;

/** What has arrived from the other side, and how much of that it has been told. */
export class Acks {
  #received = 0;
  #told = 0;
  #chars = 0;

  /** How many numbered messages have arrived. */
  get received(): number {
    return this.#received;
  }

  /** Something has arrived that the other side does not know of. */
  get isOwed(): boolean {
    return this.#received > this.#told;
  }

  get isDue(): boolean {
    return this.#received - this.#told >= DUE_MESSAGES || this.#chars >= DUE_CHARS;
  }

  get isUrgent(): boolean {
    return this.#received - this.#told >= URGENT_MESSAGES || this.#chars >= URGENT_CHARS;
  }

  arrived(chars: number): void {
    this.#received++;
    this.#chars += chars;
  }

  /** The other side is told now. @returns how many have arrived */
  tell(): number {
    this.#told = this.#received;
    this.#chars = 0;
    return this.#received;
  }
}
