/**
 * Messages of one direction of a session, numbered from 1 by counting alone. Each is kept until the other side has
 * confirmed it; one index says which is to be handed to the connection next, be it for the first time or again.
 *
 *     confirmed ≤ handed ≤ last          1 … confirmed … next … last
 */
export class SendLog {
  /** What is not confirmed, oldest first, from `#head` on. */
  #texts: string[] = [];
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
    return this.#confirmed + this.#texts.length - this.#head;
  }

  /** The newest message that was ever handed to a connection: none behind it can have arrived. */
  get handed(): number {
    return this.#handed;
  }

  /** Characters that are not confirmed. */
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

  push(text: string): void {
    this.#texts.push(text);
    this.#chars += text.length;
    this.#waitingChars += text.length;
  }

  /** The next message to hand to the connection, if there is one. */
  take(): string | undefined {
    const text = this.#texts[this.#head + this.#next - this.#confirmed - 1];
    if (text === undefined) return undefined;
    if (this.#next > this.#handed) this.#handed = this.#next;
    this.#next++;
    this.#waitingChars -= text.length;
    return text;
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
      this.#chars -= (this.#texts[i] as string).length;
      this.#texts[i] = ''; // not kept by the array, either
    }
    this.#head = head;
    this.#confirmed = received;
    this.#tidy();
  }

  #tidy(): void {
    if (this.#head === this.#texts.length) this.#texts = [];
    else if (this.#head < 1024 || 2 * this.#head < this.#texts.length) return;
    else this.#texts = this.#texts.slice(this.#head);
    this.#head = 0;
  }
}
