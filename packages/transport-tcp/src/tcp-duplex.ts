import type { Socket } from 'node:net';
import { type Duplex, LineDecoder, type Receiver } from '@bjsonrpc/protocol';
import { decodeUtf8 } from './decode-utf8.js';
import { Outbox } from './outbox.js';
import type { TcpLimits } from './tcp-options.js';

/** A busy connection lets others go first after this many messages, or this long. */
const TURN_MESSAGES = 256;
const TURN_MS = 4;
/** Whole lines kept while a connection waits for its next turn; with more, it stops reading. */
const MAX_BACKLOG_BYTES = 256 * 1024;

/**
 * One socket as a Duplex. Its life, as seen by the reading side:
 *
 *     unstarted --start--> open --FIN--> half-closed --our end--> closed
 *                            \--close()--> closing (reads on, delivers nothing) --> closed
 *
 * A lost or destroyed socket is closed at once, from any state. Closed is reported after the lines that had come in
 * whole, and not before start.
 */
export class TcpDuplex implements Duplex {
  readonly #socket: Socket;
  readonly #limits: TcpLimits;
  readonly #remote: string;
  readonly #decoder: LineDecoder;
  readonly #outbox: Outbox;

  #receiver: Receiver | undefined;
  #isHeld = false;
  /** A turn is due; what arrives meanwhile waits for it. */
  #isTurnDue = false;
  /** The other side sent its FIN: it reads, at most. */
  #isHalfClosed = false;
  #isHalfCloseReported = false;
  /** Closed by us: nothing is delivered any more but the close itself. */
  #isClosing = false;
  /** All that we had to say is written, and the socket ended. */
  #isFinished = false;
  #isClosed = false;
  #isCloseReported = false;
  #error: Error | undefined;
  #closeTimer: NodeJS.Timeout | undefined;

  /** `remote` names the other side in errors. The socket is connected, has `allowHalfOpen`, and is ours alone. */
  constructor(socket: Socket, remote: string, limits: TcpLimits) {
    this.#socket = socket;
    this.#limits = limits;
    this.#remote = remote;
    this.#decoder = new LineDecoder({ maxMessageBytes: limits.maxMessageBytes, decode: decodeUtf8 });
    this.#outbox = new Outbox(socket, {
      maxBytes: limits.maxWriteBufferBytes,
      stallMs: limits.writeStallMs,
      onFault: (error) => this.close(error),
    });
    socket.setNoDelay(true);
    if (limits.keepAliveMs > 0) socket.setKeepAlive(true, limits.keepAliveMs);
    socket.on('end', this.#onEnd);
    socket.on('finish', this.#onFinish);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  get buffered(): number {
    return this.#outbox.buffered;
  }

  get bytesIn(): number {
    return this.#socket.bytesRead;
  }

  get bytesOut(): number {
    return this.#socket.bytesWritten;
  }

  start(receiver: Receiver): void {
    if (this.#receiver !== undefined) throw new Error('A duplex is started once');
    this.#receiver = receiver;
    if (this.#isClosed || this.#isHalfClosed) this.#scheduleTurn();
    if (this.#isClosed || this.#isClosing) return;
    this.#socket.on('data', this.#onData);
    if (this.#isHeld) this.#socket.pause();
  }

  send(message: string): Promise<void> | undefined {
    return this.#outbox.push(message);
  }

  hold(on: boolean): void {
    if (this.#isHeld === on) return;
    this.#isHeld = on;
    if (this.#receiver === undefined || this.#isClosing || this.#isClosed) return;
    if (on) this.#socket.pause();
    else this.#scheduleTurn();
  }

  close(error?: Error): void {
    if (this.#isClosed || (this.#isClosing && error === undefined)) return;
    this.#isClosing = true;
    if (error === undefined) {
      // Reading on to the other side's FIN: a socket closed with unread bytes resets, and takes back what it sent.
      this.#socket.off('data', this.#onData);
      this.#socket.resume();
      this.#outbox.end();
    } else {
      this.#error ??= error;
      this.#outbox.stop();
      this.#socket.destroy();
    }
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#decoder.push(chunk);
    if (!this.#isTurnDue && !this.#isHeld) this.#takeTurn();
    else if (this.#decoder.pendingBytes > MAX_BACKLOG_BYTES) this.#socket.pause();
  };

  #scheduleTurn(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    setImmediate(() => {
      this.#isTurnDue = false;
      this.#takeTurn();
    });
  }

  /** Deliver what is there, within the limits of a turn; then whatever comes after the last line. */
  #takeTurn(): void {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    const until = performance.now() + TURN_MS;
    let left = TURN_MESSAGES;
    // Holding is for the living: when the connection has closed, the little that is left here is delivered.
    while (!this.#isClosing && (!this.#isHeld || this.#isClosed)) {
      const message = this.#decoder.next();
      if (message === undefined) {
        this.#afterLastLine(receiver);
        return;
      }
      receiver.onMessage(message);
      if (--left === 0 || (isTimeToLook(TURN_MESSAGES - left) && performance.now() > until)) {
        this.#scheduleTurn();
        return;
      }
    }
    if (this.#isClosed) this.#reportClose(receiver);
  }

  #afterLastLine(receiver: Receiver): void {
    if (this.#isClosed) this.#reportClose(receiver);
    else if (this.#decoder.error !== undefined) this.close(this.#decoder.error);
    else if (!this.#isHalfClosed) this.#socket.resume();
    else if (!this.#isHalfCloseReported) {
      this.#isHalfCloseReported = true;
      if (receiver.onEnd !== undefined) receiver.onEnd();
      // What was answered within the turn, or by promises already settled, still goes out.
      else setImmediate(() => this.close());
    }
  }

  #reportClose(receiver: Receiver): void {
    if (this.#isCloseReported) return;
    this.#isCloseReported = true;
    receiver.onClose(this.#error);
  }

  readonly #onEnd = (): void => {
    this.#isHalfClosed = true;
    if (!this.#isTurnDue && !this.#isHeld && !this.#isClosing) this.#takeTurn();
  };

  readonly #onFinish = (): void => {
    this.#isFinished = true;
    this.#closeTimer = setTimeout(() => this.#socket.destroy(), this.#limits.closeTimeoutMs);
    this.#closeTimer.unref();
  };

  readonly #onError = (error: Error): void => {
    // After either side's goodbye a reset only says that the other side has gone for good.
    if (this.#isHalfClosed || this.#isFinished) return;
    this.#error ??= new Error(`The connection to ${this.#remote} broke: ${error.message}`, { cause: error });
  };

  readonly #onClose = (): void => {
    clearTimeout(this.#closeTimer);
    this.#isClosed = true;
    this.#outbox.stop();
    if (!this.#isTurnDue) this.#takeTurn();
  };
}

/** A look at the clock costs a tenth of a short message: one is taken after 1, 2, 4, 8 messages, and after every 16. */
function isTimeToLook(messages: number): boolean {
  return messages % 16 === 0 || (messages & (messages - 1)) === 0;
}
