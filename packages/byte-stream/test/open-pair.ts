import { Readable, Writable } from 'node:stream';
import { ByteDuplex, byteLimits, lines } from '@bjsonrpc/byte-stream';
import type { OpenedPair } from '@bjsonrpc/duplex-suite';

/** One direction, as a pipe of the system is: two streams that know nothing of a socket, or of each other's end. */
export class Pipe {
  readonly readable: Readable;
  readonly writable: Writable;
  #isEnded = false;
  #onRead: (() => void) | undefined;

  constructor() {
    this.readable = new Readable({
      read: () => this.#goOn(),
      destroy: (error, done) => {
        this.#goOn();
        done(error);
      },
    });
    this.writable = new Writable({
      decodeStrings: true,
      write: (chunk: Buffer, _encoding, done) => void setImmediate(() => this.#carry(chunk, done)),
      final: (done) => {
        this.#end();
        done();
      },
      destroy: (error, done) => {
        this.#end();
        done(error);
      },
    });
  }

  #carry(chunk: Buffer, done: (error?: Error) => void): void {
    if (this.readable.destroyed) return done(new Error('EPIPE'));
    if (this.#isEnded || this.readable.push(chunk)) return done();
    this.#onRead = () => done(this.readable.destroyed ? new Error('EPIPE') : undefined);
  }

  #goOn(): void {
    const onRead = this.#onRead;
    this.#onRead = undefined;
    onRead?.();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (!this.readable.destroyed) this.readable.push(null);
  }
}

/** Both ends of a connection over two pipes, between peers that take so much. */
export function openPair(maxMessageBytes?: number): OpenedPair {
  const [there, back] = [new Pipe(), new Pipe()];
  const end = (readable: Readable, writable: Writable): ByteDuplex =>
    new ByteDuplex({
      readable,
      writable,
      remote: 'the other end',
      framing: lines,
      limits: byteLimits({}, maxMessageBytes),
    });
  return {
    a: end(back.readable, there.writable),
    b: end(there.readable, back.writable),
    cut: () => {
      for (const { readable, writable } of [there, back]) {
        writable.destroy(new Error('cut'));
        readable.destroy(new Error('cut'));
      }
    },
    close: async () => {},
  };
}
