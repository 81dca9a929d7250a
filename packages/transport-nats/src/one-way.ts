import { setImmediate } from '@bjsonrpc/byte-stream';
import type { Duplex, Receiver } from '@bjsonrpc/protocol';

/** So much is kept for a receiver that has not started. */
const MAX_EARLY = 1000;

/** One end of it. It cannot hold messages back, and does not know who is at the other end. */
export class OneWay implements Duplex {
  readonly #say: (message: string) => Error | undefined;
  readonly #ended: () => void;
  readonly #early: string[] = [];
  #receiver: Receiver | undefined;
  /** And what came before it was delivered. */
  #isStarted = false;
  #isClosed = false;
  #error: Error | undefined;
  bytesIn = 0;
  bytesOut = 0;
  readonly buffered: number = 0;

  constructor({ say, ended }: { say: (message: string) => Error | undefined; ended: () => void }) {
    this.#say = say;
    this.#ended = ended;
  }

  start(receiver: Receiver): void {
    if (this.#receiver !== undefined) throw new Error('A duplex is started once');
    this.#receiver = receiver;
    setImmediate(() => {
      this.#isStarted = true;
      for (const message of this.#early.splice(0)) this.heard(message);
      if (this.#isClosed) receiver.onClose(this.#error);
    });
  }

  send(message: string): Promise<void> | undefined {
    if (this.#isClosed) return new Promise((resolve) => setImmediate(resolve));
    this.bytesOut += message.length;
    const error = this.#say(message);
    if (error !== undefined) this.close(error);
    return undefined;
  }

  hold(): void {}

  close(error?: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error = error;
    this.#ended();
    if (this.#isStarted) setImmediate(() => this.#receiver?.onClose(error));
  }

  heard(message: string): void {
    if (this.#isClosed) return;
    if (this.#isStarted) {
      this.bytesIn += message.length;
      this.#receiver?.onMessage(message);
    } else if (this.#early.length < MAX_EARLY) this.#early.push(message);
    else this.close(new Error(`Nobody took ${MAX_EARLY} broadcasts`));
  }
}
