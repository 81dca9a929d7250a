/** Pieces of a message from this length on are not copied until it is decoded. */
const LARGE = 4096;

const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * The pieces of a line, or of what else a message stands in, that has not ended: large ones as they came, small ones
 * gathered. What it keeps alive is at most twice what it holds.
 */
export class LineTail {
  readonly #maxBytes: number;
  /** Large pieces, and after them the small ones that came last. */
  #pieces: Uint8Array[] = [];
  #drip: Uint8Array = NOTHING;
  #dripBytes = 0;
  #bytes = 0;

  /** `maxBytes`: no more than so many are ever added. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (isWorthKeeping(bytes)) this.#keep(bytes);
    else this.#gather(bytes);
  }

  /** All of it, in order; nothing is left. */
  take(): readonly Uint8Array[] {
    this.#endDrip();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#bytes = 0;
    return pieces;
  }

  #keep(bytes: Uint8Array): void {
    this.#endDrip();
    this.#pieces.push(bytes);
  }

  /** The buffer grows by doubling, so that a drip of single bytes costs no more than its sum. */
  #gather(bytes: Uint8Array): void {
    const length = this.#dripBytes + bytes.length;
    if (length > this.#drip.length) {
      const most = this.#maxBytes - (this.#bytes - length);
      const grown = new Uint8Array(Math.max(length, Math.min(2 * this.#drip.length, most)));
      grown.set(this.#drip.subarray(0, this.#dripBytes));
      this.#drip = grown;
    }
    this.#drip.set(bytes, this.#dripBytes);
    this.#dripBytes = length;
  }

  #endDrip(): void {
    if (this.#dripBytes > 0) this.#pieces.push(this.#drip.subarray(0, this.#dripBytes));
    this.#drip = NOTHING;
    this.#dripBytes = 0;
  }
}

/** Large, and most of the memory that it would keep alive. */
function isWorthKeeping(bytes: Uint8Array): boolean {
  return bytes.length >= LARGE && 2 * bytes.length >= bytes.buffer.byteLength;
}

/** Where pieces are joined, as long as the collector leaves it: new memory costs several times as much as the copy. */
let room: WeakRef<Uint8Array> | undefined;

/** Pieces in one, until the next call. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first) return first;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  let bytes = room?.deref();
  if (bytes === undefined || bytes.length < length) {
    bytes = new Uint8Array(length);
    room = new WeakRef(bytes);
  }
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes.subarray(0, length);
}
