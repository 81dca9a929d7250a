/** What keeping one more piece costs, beside its bytes: `ws` keeps those of an unfinished frame as they came. */
const PIECE_COST_BYTES = 256;
/** Of the first byte of a frame. */
const FIN = 0x80;
const CONTROL = 0x08;

/**
 * Looks at the headers of frames as they pass, to know how much there is of a message that has not ended: `ws`, which
 * reads them, keeps that to itself.
 */
export class FrameMeter {
  /** Messages (and frames of control between them) begun so far. */
  begun = 0;
  /** Of the message under way: whatever came since its first byte, frames of control included. 0: there is none. */
  bytes = 0;
  #pieces = 0;
  /** A message waits for its next fragment. */
  #isOpen = false;

  /** Of the frame under way. */
  #first = 0;
  #headerBytes = 0;
  #headerSize = 2;
  #lengthBytes = 0;
  #payloadLeft = 0;

  /** What keeping the message under way may cost, in bytes. */
  get cost(): number {
    return this.bytes === 0 ? 0 : this.bytes + this.#pieces * PIECE_COST_BYTES;
  }

  push(chunk: Uint8Array): void {
    if (this.bytes > 0) this.#pieces++;
    for (let at = this.bytes === 0 ? this.#skipWhole(chunk) : 0; at < chunk.length; ) {
      if (this.bytes === 0) {
        this.begun++;
        this.#pieces = 1;
      }
      if (this.#headerBytes < this.#headerSize) {
        this.#readHeader(chunk[at++] ?? 0);
        this.bytes++;
      } else {
        const count = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= count;
        this.bytes += count;
        at += count;
      }
      if (this.#headerBytes === this.#headerSize && this.#payloadLeft === 0) this.#endFrame();
    }
  }

  /** Short messages of one frame, which is most of them: where the first other one begins. */
  #skipWhole(chunk: Uint8Array): number {
    let at = 0;
    for (;;) {
      const first = chunk[at];
      const second = chunk[at + 1];
      if (first === undefined || second === undefined || (first & (FIN | CONTROL)) !== FIN) return at;
      const length = second & 0x7f;
      if (length > 125) return at;
      const end = at + 2 + length + (second & 0x80 ? 4 : 0);
      if (end > chunk.length) return at;
      this.begun++;
      at = end;
    }
  }

  #readHeader(byte: number): void {
    const at = this.#headerBytes++;
    if (at === 0) this.#first = byte;
    else if (at === 1) {
      const length = byte & 0x7f;
      this.#lengthBytes = length === 127 ? 8 : length === 126 ? 2 : 0;
      this.#headerSize = 2 + this.#lengthBytes + (byte & 0x80 ? 4 : 0);
      this.#payloadLeft = this.#lengthBytes > 0 ? 0 : length;
    } else if (at < 2 + this.#lengthBytes) this.#payloadLeft = this.#payloadLeft * 256 + byte;
  }

  #endFrame(): void {
    this.#headerBytes = 0;
    this.#headerSize = 2;
    if ((this.#first & CONTROL) === 0) this.#isOpen = (this.#first & FIN) === 0;
    if (!this.#isOpen) this.bytes = 0;
  }
}
