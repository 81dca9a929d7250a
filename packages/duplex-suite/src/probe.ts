import type { Attachments, Duplex, Receiver } from '@bjsonrpc/protocol';

/** One `onClose`. */
export interface CloseEvent {
  readonly error: Error | undefined;
}

/**
 * A Duplex with a receiver that writes down what it gets and whether a rule was broken on the way: a receiver called
 * from inside a method of the Duplex or of itself, a message after the close, a second close.
 */
export class Probe implements Receiver {
  readonly duplex: Duplex;
  readonly messages: string[] = [];
  /** What stood beside each of them, if anything did. */
  readonly attachments: (Attachments | undefined)[] = [];
  readonly closes: CloseEvent[] = [];
  readonly violations: string[] = [];
  /** What to do with each message, from inside `onMessage`. */
  answer: (message: string) => void = () => {};
  /** What to do at the close, from inside `onClose`. */
  farewell: () => void = () => {};

  #method: string | undefined;
  #isInReceiver = false;

  constructor(duplex: Duplex) {
    this.duplex = duplex;
  }

  get isClosed(): boolean {
    return this.closes.length > 0;
  }

  start(): this {
    this.#inside('start', () => this.duplex.start(this));
    return this;
  }

  send(message: string, attachments?: Attachments): Promise<void> | undefined {
    return this.#inside('send', () => this.duplex.send(message, attachments));
  }

  hold(on: boolean): void {
    this.#inside('hold', () => this.duplex.hold(on));
  }

  close(error?: Error): void {
    this.#inside('close', () => this.duplex.close(error));
  }

  onMessage(message: string, attachments?: Attachments): void {
    this.#watch('onMessage', () => {
      this.messages.push(message);
      this.attachments.push(attachments);
      this.answer(message);
    });
  }

  onClose(error?: Error): void {
    this.#watch('onClose', () => {
      this.closes.push({ error });
      this.farewell();
    });
  }

  #inside<Result>(method: string, run: () => Result): Result {
    const outer = this.#method;
    this.#method = method;
    try {
      return run();
    } finally {
      this.#method = outer;
    }
  }

  #watch(event: string, run: () => void): void {
    if (this.#method !== undefined) this.violations.push(`${event} from inside ${this.#method}`);
    if (this.#isInReceiver) this.violations.push(`${event} from inside the receiver`);
    if (this.isClosed) this.violations.push(`${event} after onClose`);
    this.#isInReceiver = true;
    run();
    this.#isInReceiver = false;
  }
}
