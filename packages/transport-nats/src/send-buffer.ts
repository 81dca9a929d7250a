/** Bytes, and where they stand among all that were ever sent. */
export interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * What goes to the other side, kept until that has it:
 *
 *     received --- sent, perhaps lost --- next --- not sent --- end
 *
 * The end of all, once it is known, counts as one byte after the last.
 */
export class SendBuffer {
  readonly #pieces: Piece[] = [];
  /** Of the piece in which the next byte stands. */
  #at = 0;
  #received = 0;
  #next = 0;
  #end = 0;
  #isFinished = false;
  /** And not taken back. */
  #isEndSent = false;
  #wasEndSent = false;

  /** All bytes were sent at least once, and not taken back. */
  get isSent(): boolean {
    return this.#next === this.#end;
  }
  /** Something is not known to have come. */
  get isOpen(): boolean {
    return this.#received < this.#end + (this.#isFinished ? 1 : 0);
  }
  /** The other side has all, and knows that it is all. */
  get isDone(): boolean {
    return this.#isFinished && !this.isOpen;
  }
  get received(): number {
    return this.#received;
  }
  get end(): number {
    return this.#end;
  }

  /** The bytes belong to the buffer from now on. */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push({ offset: this.#end, bytes });
    this.#end += bytes.length;
  }

  /** There is no more to come. */
  finish(): void {
    this.#isFinished = true;
  }

  /** Whether the end is to be said now; it is taken as said then. */
  takeEnd(): boolean {
    if (!this.#isFinished || this.#isEndSent || !this.isSent) return false;
    this.#isEndSent = true;
    this.#wasEndSent = true;
    return true;
  }

  /** What to send next, at most so many bytes, and not beyond the limit; undefined: nothing. */
  take({ limit, maxBytes }: { readonly limit: number; readonly maxBytes: number }): Piece | undefined {
    const piece = this.#pieces[this.#at];
    if (piece === undefined || this.#next >= limit) return undefined;
    const offset = this.#next;
    const start = offset - piece.offset;
    const length = Math.min(piece.bytes.length - start, maxBytes, limit - offset);
    this.#next += length;
    if (start + length === piece.bytes.length) this.#at++;
    const isWhole = length === piece.bytes.length;
    return isWhole ? piece : { offset, bytes: piece.bytes.subarray(start, start + length) };
  }

  /** The other side has so many. False: it cannot have, since they were never sent. */
  confirm(received: number): boolean {
    if (!(received <= this.#end + (this.#wasEndSent ? 1 : 0))) return false;
    if (received <= this.#received) return true;
    this.#received = received;
    let gone = 0;
    for (const { offset, bytes } of this.#pieces) {
      if (offset + bytes.length > received) break;
      gone++;
    }
    if (gone > 0) this.#pieces.splice(0, gone);
    this.#at = Math.max(0, this.#at - gone);
    if (this.#next < received) this.#goTo(Math.min(received, this.#end));
    return true;
  }

  /** What was sent beyond that is lost: it is to be sent again. */
  rewind(): void {
    if (this.#received > this.#end) return;
    this.#isEndSent = false;
    this.#goTo(this.#received);
  }

  clear(): void {
    this.#pieces.length = 0;
    this.#at = 0;
  }

  #goTo(offset: number): void {
    this.#next = offset;
    const at = this.#pieces.findIndex((piece) => piece.offset + piece.bytes.length > offset);
    this.#at = at === -1 ? this.#pieces.length : at;
  }
}
