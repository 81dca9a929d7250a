/** Where the answers to a batch go. */
export interface BatchAnswerParts {
  /** Sends one message. */
  readonly send: (text: string) => Promise<void> | undefined;
  /** Where they are kept until all are here. */
  readonly memory: { take(bytes: number): void; give(bytes: number): void };
  /** Longest message that the other side takes, in characters at the most. */
  readonly maxLength: number;
}

/**
 * The answers to the requests of a batch of JSON-RPC 2.0: one message when all are here, none if nobody asked for one. Where they
 * are more than can be kept, or sent at once, those that are here leave early, in an array of their own.
 */
export class BatchAnswer {
  readonly #parts: BatchAnswerParts;
  #texts: string[] = [];
  #length = 0;
  #kept = 0;
  #missing = 0;
  #isRead = false;

  constructor(parts: BatchAnswerParts) {
    this.#parts = parts;
  }

  /** One request more that will be answered. */
  expect(): void {
    this.#missing++;
  }

  /** One of them will not be, after all. */
  forgo(): void {
    this.#missing--;
    this.#sendIfComplete();
  }

  /** All elements of the batch have been read. */
  read(): void {
    this.#isRead = true;
    this.#sendIfComplete();
  }

  /** The promise, if there is one, resolves when the transport has room for more. */
  add(text: string): Promise<void> | undefined {
    this.#missing--;
    if (this.#length + text.length > this.#parts.maxLength || !this.#keep(text.length)) this.#send();
    this.#texts.push(text);
    this.#length += text.length + 1;
    return this.#sendIfComplete();
  }

  #keep(bytes: number): boolean {
    try {
      this.#parts.memory.take(bytes);
      this.#kept += bytes;
      return true;
    } catch {
      return false;
    }
  }

  #sendIfComplete(): Promise<void> | undefined {
    return this.#isRead && this.#missing === 0 ? this.#send() : undefined;
  }

  #send(): Promise<void> | undefined {
    const texts = this.#texts;
    this.#texts = [];
    this.#length = 0;
    this.#parts.memory.give(this.#kept);
    this.#kept = 0;
    return texts.length > 0 ? this.#parts.send(`[${texts.join()}]`) : undefined;
  }
}
