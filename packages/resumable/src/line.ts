import type { Attachments, Duplex, Receiver, Written } from '@bjsonrpc/protocol';

/** Whoever reads a connection at the moment. */
export interface LineReader {
  onMessage(text: string, attachments?: Attachments): void;
  /** The other side will send no more. */
  onEnd(): void;
  onClose(error: Error | undefined): void;
}

/** One connection. Whoever reads it may change; once it has been left, nothing more is heard of it. */
export class Line implements Receiver {
  readonly #duplex: Duplex;
  #reader: LineReader | undefined;

  /** Begins to read. */
  constructor(duplex: Duplex, reader: LineReader) {
    this.#duplex = duplex;
    this.#reader = reader;
    duplex.start(this);
  }

  get bytesIn(): number {
    return this.#duplex.bytesIn;
  }
  get bytesOut(): number {
    return this.#duplex.bytesOut;
  }
  get buffered(): number {
    return this.#duplex.buffered;
  }
  get carriesBytes(): boolean {
    return this.#duplex.carriesBytes === true;
  }
  get maxMessageBytes(): number | undefined {
    return this.#duplex.maxMessageBytes;
  }

  /** Gives what comes from now on to another reader. */
  giveTo(reader: LineReader): void {
    if (this.#reader !== undefined) this.#reader = reader;
  }

  send(message: Written): Promise<void> | undefined {
    return typeof message === 'string'
      ? this.#duplex.send(message)
      : this.#duplex.send(message.text, message.attachments);
  }

  hold(on: boolean): void {
    this.#duplex.hold(on);
  }

  keepAlive(on: boolean): void {
    if (on) this.#duplex.ref?.();
    else this.#duplex.unref?.();
  }

  /** Closes it; the reader hears of the end. */
  close(error?: Error): void {
    this.#duplex.close(error);
  }

  /** Closes it and is deaf to it from now on: by an error at once, else when everything is written. */
  leave(error?: Error): void {
    this.#reader = undefined;
    this.#duplex.close(error);
  }

  onMessage(text: string, attachments?: Attachments): void {
    this.#reader?.onMessage(text, attachments);
  }

  onEnd(): void {
    this.#reader?.onEnd();
  }

  onClose(error?: Error): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.onClose(error);
  }
}
