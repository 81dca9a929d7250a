import type { Duplex, Receiver } from '@bjsonrpc/protocol';

/** One end of a connection whose messages are delivered one by one, when the test says so. */
export class SteppedDuplex implements Duplex {
  readonly buffered = 0;
  readonly bytesIn = 0;
  readonly bytesOut = 0;
  /** What is on its way to this end. */
  readonly inbox: string[] = [];
  #other: SteppedDuplex | undefined;
  #receiver: Receiver | undefined;
  #isClosed = false;

  static pair(): [SteppedDuplex, SteppedDuplex] {
    const a = new SteppedDuplex();
    const b = new SteppedDuplex();
    a.#other = b;
    b.#other = a;
    return [a, b];
  }

  /** Hand over the oldest message. */
  deliver(): void {
    const message = this.inbox.shift();
    if (message !== undefined) this.#receiver?.onMessage(message);
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }
  send(message: string): undefined {
    if (!this.#isClosed) this.#other?.inbox.push(message);
  }
  hold(): void {}
  close(): void {
    for (const end of [this, this.#other]) {
      if (!end || end.#isClosed) continue;
      end.#isClosed = true;
      queueMicrotask(() => end.#receiver?.onClose());
    }
  }
}
