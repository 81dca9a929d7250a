import { type Attachments, type CloseDetails, Letter, type Receiver, type Written } from '@bjsonrpc/protocol';
import { queueMicrotask } from './timers.js';

/** So much is read ahead while the receiver holds, since control messages come the same way; then reading stops. */
const MAX_CHARS = 256 * 1024;

/** How it ended, asked when it is reported: what is sent until then is lost as well. */
export type End = () => (Error & CloseDetails) | undefined;

/** Who hears of an inbox. */
export interface InboxParts {
  /** So much waits that reading on makes little sense (true), or that is over (false). */
  onFull(isFull: boolean): void;
  /** The other side's end of its half was reported to a receiver that does not know of such. */
  onEndUnheard(): void;
}

/** What has arrived, until the receiver takes it; and the end, behind it. */
export class Inbox {
  readonly #parts: InboxParts;
  #receiver: Receiver | undefined;
  #isHeld = false;
  #isDeaf = false;
  #messages: Written[] = [];
  #taken = 0;
  #chars = 0;
  #isFull = false;
  #isTurnDue = false;
  #isHalfClosed = false;
  #end: End | undefined;
  #isEndReported = false;

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /** Characters that wait for the receiver. */
  get chars(): number {
    return this.#chars;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  start(receiver: Receiver): void {
    if (this.#receiver !== undefined) throw new Error('A duplex is started once');
    this.#receiver = receiver;
    this.#schedule();
  }

  hold(on: boolean): void {
    this.#isHeld = on;
    if (!on) this.#schedule();
  }

  /** A message has arrived. Not to be called from inside a method of the Duplex. */
  put(text: string, attachments?: Attachments): void {
    if (this.#isDeaf) return;
    if (this.#receiver !== undefined && !this.#isHeld && this.#taken === this.#messages.length)
      return this.#receiver.onMessage(text, attachments);
    const message = attachments ? new Letter(text, attachments) : text;
    this.#messages.push(message);
    this.#chars += message.length;
    this.#weigh();
    this.#schedule();
  }

  /** The other side has ended its half: told behind the last message. */
  halfClose(): void {
    this.#isHalfClosed = true;
    this.#schedule();
  }

  /** Nothing is delivered any more but the end. */
  deafen(): void {
    this.#isDeaf = true;
    this.#messages = [];
    this.#taken = 0;
    this.#chars = 0;
    this.#weigh();
  }

  /** Reported behind the last message, in a later turn. */
  end(end: End): void {
    this.#end ??= end;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isTurnDue || this.#receiver === undefined) return;
    this.#isTurnDue = true;
    queueMicrotask(this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#isTurnDue = false;
    const receiver = this.#receiver as Receiver;
    // Holding is for the living: what is left of a session that has ended is delivered.
    while (this.#taken < this.#messages.length && (!this.#isHeld || this.#end !== undefined)) {
      const message = this.#messages[this.#taken++] as Written;
      this.#chars -= message.length;
      if (typeof message === 'string') receiver.onMessage(message);
      else receiver.onMessage(message.text, message.attachments);
    }
    if (this.#taken < this.#messages.length) return;
    this.#messages = [];
    this.#taken = 0;
    this.#weigh();
    if (this.#end !== undefined) this.#reportEnd(receiver, this.#end);
    else if (this.#isHalfClosed && !this.#isHeld) {
      this.#isHalfClosed = false;
      if (receiver.onEnd) receiver.onEnd();
      else this.#parts.onEndUnheard();
    }
  };

  #reportEnd(receiver: Receiver, end: End): void {
    if (this.#isEndReported) return;
    this.#isEndReported = true;
    this.#isDeaf = true;
    receiver.onClose(end());
  }

  #weigh(): void {
    const isFull = this.#chars > MAX_CHARS;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#parts.onFull(isFull);
  }
}
