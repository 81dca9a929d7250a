import type { Duplex, Receiver } from '@bjsonrpc/protocol';
import { closeError, doesNotRead } from './close-error.js';
import type { WsLimits } from './ws-options.js';

/** Above this many bytes `send` asks its caller to wait, until half of it is left; no more is handed to the platform. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** How often a platform that has enough is asked whether it wants more: it does not say so itself. */
const POLL_MS = 10;
/** Of the codes that a page may choose, the one by which we say that something went wrong. */
const FAULT = 4000;

/** The part of the platform's WebSocket that is used. */
export interface PlatformSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

/**
 * The platform's WebSocket as a Duplex. Messages are handed over at the end of the turn in which they were sent, and
 * only while the platform has little left to do: the rest waits here, where it can be dropped. Bytes are counted as
 * characters, since that is what is at hand.
 */
export class PlatformDuplex implements Duplex {
  bytesIn = 0;
  bytesOut = 0;
  readonly #socket: PlatformSocket;
  readonly #limits: WsLimits;
  #receiver: Receiver | undefined;
  /** What came before it could be delivered. */
  #inbox: string[] = [];
  #outbox: string[] = [];
  #outboxBytes = 0;
  #isFlushDue = false;
  #room: Promise<void> | undefined;
  #onRoom: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How many bytes the platform had sent when it was last seen to send any, and when that was. */
  #taken = -1;
  #takenAt = 0;
  /** Closed by us: nothing is delivered any more but the close itself. */
  #isClosing = false;
  /** Set when nothing can come or go any more. */
  #end: { readonly error: Error | undefined } | undefined;
  #isEndReported = false;

  /** The socket is open, and ours alone. `remote` names the other side in errors. */
  constructor(socket: PlatformSocket, remote: string, limits: WsLimits) {
    this.#socket = socket;
    this.#limits = limits;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onerror = () => {};
    socket.onclose = ({ code, reason }) => {
      // Once all was sent, an other side that is just gone has nothing left to say.
      const isClean = this.#isClosing && !this.buffered;
      this.#finish(isClean ? undefined : closeError(code, reason, remote));
    };
  }

  get buffered(): number {
    return this.#end ? 0 : this.#outboxBytes + this.#socket.bufferedAmount;
  }

  start(receiver: Receiver): void {
    if (this.#receiver) throw new Error('A duplex is started once');
    this.#receiver = receiver;
    queueMicrotask(() => this.#deliver());
  }

  send(message: string): Promise<void> | undefined {
    if (this.#isClosing || this.#end) return undefined;
    this.#outbox.push(message);
    this.#outboxBytes += message.length;
    this.bytesOut += message.length;
    if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      queueMicrotask(() => this.#flush());
    }
    const { buffered } = this;
    if (buffered <= HIGH_WATER_BYTES) return undefined;
    const { maxWriteBufferBytes } = this.#limits;
    if (buffered > maxWriteBufferBytes) {
      this.close(doesNotRead(`more than ${maxWriteBufferBytes} bytes wait for it`));
      return undefined;
    }
    this.#room ??= new Promise((resolve) => {
      this.#onRoom = resolve;
    });
    return this.#room;
  }

  /** The platform reads whatever comes. */
  hold(): void {}

  close(error?: Error): void {
    if (this.#end || (this.#isClosing && !error)) return;
    if (error) this.#finish(error);
    else {
      // The platform's own close flushes what it was given.
      for (const message of this.#outbox.splice(0)) this.#socket.send(message);
      this.#outboxBytes = 0;
      this.#watch();
    }
    this.#isClosing = true;
    this.#socket.close(error ? FAULT : 1000);
  }

  #receive(data: unknown): void {
    if (this.#isClosing || this.#end) return;
    const text = typeof data === 'string' ? data : decode(data as ArrayBuffer);
    if (text === undefined) return this.close(new Error('A message is not valid UTF-8'));
    this.bytesIn += text.length;
    const { maxMessageBytes } = this.#limits;
    if (text.length > maxMessageBytes) {
      return this.close(new Error(`A message is longer than ${maxMessageBytes} bytes`));
    }
    this.#inbox.push(text);
    this.#deliver();
  }

  #deliver(): void {
    const receiver = this.#receiver;
    if (!receiver) return;
    while (!this.#isClosing && this.#inbox.length) receiver.onMessage(this.#inbox.shift() as string);
    if (!this.#end || this.#isEndReported) return;
    this.#isEndReported = true;
    receiver.onClose(this.#end.error);
  }

  #flush(): void {
    this.#isFlushDue = false;
    if (this.#isClosing || this.#end) return;
    let count = 0;
    for (const message of this.#outbox) {
      if (this.#socket.bufferedAmount >= HIGH_WATER_BYTES) break;
      count++;
      this.#outboxBytes -= message.length;
      this.#socket.send(message);
    }
    this.#outbox.splice(0, count);
    if (this.buffered <= HIGH_WATER_BYTES / 2) this.#releaseRoom();
    if (this.#outbox.length || this.#room) this.#watch();
  }

  #watch(): void {
    this.#timer ??= setTimeout(() => this.#tick(), POLL_MS);
  }

  #tick(): void {
    this.#timer = undefined;
    const { buffered } = this;
    const { writeStallMs, closeTimeoutMs } = this.#limits;
    const now = performance.now();
    if (this.bytesOut - buffered !== this.#taken) {
      this.#taken = this.bytesOut - buffered;
      this.#takenAt = now;
    }
    const quietMs = now - this.#takenAt;
    if (this.#isClosing && !buffered && quietMs > closeTimeoutMs) return this.#finish(undefined);
    if (buffered && writeStallMs && quietMs > writeStallMs) {
      return this.close(doesNotRead(`it took nothing for ${writeStallMs} ms`));
    }
    if (this.#isClosing) this.#watch();
    else this.#flush();
  }

  #finish(error: Error | undefined): void {
    if (this.#end) return;
    this.#end = { error };
    this.#outbox = [];
    clearTimeout(this.#timer);
    this.#releaseRoom();
    // Never from inside close().
    queueMicrotask(() => this.#deliver());
  }

  #releaseRoom(): void {
    this.#onRoom?.();
    this.#room = this.#onRoom = undefined;
  }
}

function decode(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
