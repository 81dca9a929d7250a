import type { Written } from '@bjsonrpc/protocol';

/**
 * Messages of one direction of a session, numbered from 1 by counting alone. Each is kept until the other side has
 * confirmed it; one index says which is to be handed to the connection next, be it for the first time or again.
 *
 *     confirmed ≤ handed ≤ last          1 … confirmed … next … last
 */
export class SendLog {
  /** What is not confirmed, oldest first, from `#head` on. */
  #messages: Written[] = [];
  #head = 0;
  #confirmed = 0;
  #next = 1;
  #handed = 0;
  #chars = 0;
  #waitingChars = 0;

  /** The newest message that the other side has confirmed, all before it included. */
  get confirmed(): number {
    return this.#confirmed;
  }

  /** The newest message there is. */
  get last(): number {
    return this.#confirmed + this.#messages.length - this.#head;
  }

  /** The newest message that was ever handed to a connection: none behind it can have arrived. */
  get handed(): number {
    return this.#handed;
  }

  /** Characters, and bytes beside them, that are not confirmed. */
  get chars(): number {
    return this.#chars;
  }

  /** Characters that are not with the connection. */
  get waitingChars(): number {
    return this.#waitingChars;
  }

  /** Whether everything is with the connection. */
  get isHandedOver(): boolean {
    return this.#next > this.last;
  }

  push(message: Written): void {
    this.#messages.push(message);
    this.#chars += message.length;
    this.#waitingChars += message.length;
  }

  /** The next message to hand to the connection, if there is one. */
  take(): Written | undefined {
    const message = this.#messages[this.#head + this.#next - this.#confirmed - 1];
    if (message === undefined) return undefined;
    if (this.#next > this.#handed) this.#handed = this.#next;
    this.#next++;
    this.#waitingChars -= message.length;
    return message;
  }

  /** So many have arrived. @returns whether that can be */
  confirm(received: number): boolean {
    // What is confirmed is with the connection, too.
    if (received < this.#confirmed || received >= this.#next) return false;
    this.#drop(received);
    return true;
  }

  /** A new connection goes on behind what has arrived by the others. @returns whether that can be */
  rewind(received: number): boolean {
    if (received < this.#confirmed || received > this.#handed) return false;
    this.#drop(received);
    this.#next = received + 1;
    this.#waitingChars = this.#chars;
    return true;
  }

  /** Nothing of it is wanted any more; the numbers stay. */
  clear(): void {
    this.#drop(this.last);
    this.#next = this.#confirmed + 1;
    this.#waitingChars = 0;
  }

  #drop(received: number): void {
    const head = this.#head + received - this.#confirmed;
    for (let i = this.#head; i < head; i++) {
      this.#chars -= (this.#messages[i] as Written).length;
      this.#messages[i] = ''; // not kept by the array, either
    }
    this.#head = head;
    this.#confirmed = received;
    this.#tidy();
  }

  #tidy(): void {
    if (this.#head === this.#messages.length) this.#messages = [];
    else if (this.#head < 1024 || 2 * this.#head < this.#messages.length) return;
    else this.#messages = this.#messages.slice(this.#head);
    this.#head = 0;
  }
}
