import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

/** Above this many bytes `send` asks its caller to wait, until half of it is left. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** So much is written at once, though the turn is not over. */
const EAGER_BYTES = 16 * 1024;
/** The most handed to the system at once, so that a slow reader of much data can be told from one that reads nothing. */
const PIECE_BYTES = 256 * 1024;
/** Characters that have no more bytes than that, whatever they are. */
const PIECE_CHARACTERS = Math.floor(PIECE_BYTES / 3);

export interface OutboxOptions {
  /** Waiting bytes beyond which `onFault` is called. */
  readonly maxBytes: number;
  /** How long one piece may wait for the reader, in milliseconds, before `onFault` is called. 0: for ever. */
  readonly stallMs: number;
  /** The reader does not read. May be called from inside `push`. */
  readonly onFault: (error: Error) => void;
}

/**
 * Messages on their way into a socket. What is sent within one turn goes out in one write, as one string; one write is
 * under way at a time and the rest waits here, where it can be counted and dropped.
 */
export class Outbox {
  readonly #socket: Socket;
  readonly #options: OutboxOptions;
  /** Lines not yet handed over. Characters are counted as bytes until then. */
  #text = '';
  /** What is left of a long text. It goes before `#text`, and apart from it: joined, it would be copied every time. */
  #rest = '';
  #isScheduled = false;
  #isEnding = false;
  #isStopped = false;
  #stallTimer: NodeJS.Timeout | undefined;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(socket: Socket, options: OutboxOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Bytes not yet taken by the system. */
  get buffered(): number {
    return this.#text.length + this.#rest.length + this.#socket.writableLength;
  }

  get #isEmpty(): boolean {
    return this.#rest === '' && this.#text === '';
  }

  push(message: string): Promise<void> | undefined {
    if (this.#isEnding || this.#isStopped) return undefined;
    this.#text += `${message}\n`;
    // While a write is under way, its completion takes along what has gathered.
    if (this.#socket.writableLength === 0) {
      // A long burst need not be complete before the other side gets to work on it.
      if (this.#text.length >= EAGER_BYTES) this.#flush();
      else if (!this.#isScheduled) {
        this.#isScheduled = true;
        process.nextTick(this.#flushTurn);
      }
    }
    const buffered = this.buffered;
    if (buffered <= HIGH_WATER_BYTES) return undefined;
    if (buffered > this.#options.maxBytes) {
      this.#options.onFault(
        new Error(`The other side does not read: more than ${this.#options.maxBytes} bytes wait for it`),
      );
      return undefined;
    }
    return this.#awaitRoom();
  }

  /** Write out everything, then end the socket. */
  end(): void {
    if (this.#isEnding || this.#isStopped) return;
    this.#isEnding = true;
    if (this.#socket.writableLength === 0) this.#flush();
  }

  /** Drop everything. */
  stop(): void {
    this.#isStopped = true;
    this.#text = '';
    this.#rest = '';
    clearTimeout(this.#stallTimer);
    this.#releaseRoom();
  }

  readonly #flushTurn = (): void => {
    this.#isScheduled = false;
    this.#flush();
  };

  readonly #flush = (): void => {
    if (this.#isStopped || this.#socket.writableLength > 0) return;
    if (this.#rest === '') {
      this.#rest = this.#text;
      this.#text = '';
    }
    if (this.#rest !== '') this.#writePiece();
    if (this.#isEnding && this.#isEmpty) this.#socket.end();
    // Most writes are complete at once, and need no watch.
    if (this.#socket.writableLength > 0 && this.#options.stallMs > 0) {
      this.#stallTimer = setTimeout(this.#stalled, this.#options.stallMs);
      this.#stallTimer.unref();
    }
  };

  #writePiece(): void {
    const rest = this.#rest;
    let piece = rest.length > PIECE_BYTES ? rest.slice(0, PIECE_BYTES) : rest;
    // As many bytes as characters: it is ASCII, for which latin1 is the same bytes and a plain copy.
    const isAscii = Buffer.byteLength(piece, 'utf8') === piece.length;
    if (!isAscii && piece.length > PIECE_CHARACTERS) piece = wholeCharacters(rest, PIECE_CHARACTERS);
    this.#rest = piece.length < rest.length ? rest.slice(piece.length) : '';
    this.#socket.write(piece, isAscii ? 'latin1' : 'utf8', this.#written);
  }

  readonly #written = (error?: Error | null): void => {
    // The socket reports its error itself, and closes. A write that was complete at once may have been followed by others.
    if (this.#isStopped || error || this.#socket.writableLength > 0) return;
    clearTimeout(this.#stallTimer);
    if (this.#room !== undefined && this.buffered <= HIGH_WATER_BYTES / 2) this.#releaseRoom();
    if (!this.#isEmpty) this.#flush();
  };

  readonly #stalled = (): void => {
    this.#options.onFault(
      new Error(`The other side does not read: it took nothing for ${this.#options.stallMs} ms`),
    );
  };

  #awaitRoom(): Promise<void> {
    if (this.#room === undefined) {
      let resolve = (): void => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      this.#room = { promise, resolve };
    }
    return this.#room.promise;
  }

  #releaseRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}

/** The first so many characters, or one less: a character of two halves stays whole. */
function wholeCharacters(text: string, count: number): string {
  const isCut = (text.charCodeAt(count - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isCut ? count - 1 : count);
}
