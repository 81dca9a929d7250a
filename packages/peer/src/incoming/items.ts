import { whenQuiet } from '../basics/clock.js';

/** How the items of one stream are written. */
export interface ItemsOutput {
  /** The JSON text of an item that needs no translation; undefined for one that does. @throws what makes it unsendable */
  plainText(value: unknown): string | undefined;
  /** Sends an item by itself. @throws what makes it unsendable */
  sendOne(value: unknown): Promise<void> | undefined;
  /** Sends items, as JSON texts, in one message. Never throws. */
  sendTexts(texts: readonly string[]): Promise<void> | undefined;
}

/** A message of items is sent when it is so long; the other side need not wait for all of a long burst. */
const MAX_CHARACTERS = 8 * 1024;
const MAX_ITEMS = 256;

/** The items of one stream on their way: those that are ready together share a message (section 8). */
export class Items {
  readonly #output: ItemsOutput;
  #texts: string[] = [];
  #characters = 0;
  #isScheduled = false;
  /** The transport had no room when it was last given some. */
  #full: Promise<void> | undefined;

  constructor(output: ItemsOutput) {
    this.#output = output;
  }

  /** Resolves, if it is a promise, when the connection can take more. @throws what makes the item unsendable */
  add(value: unknown): Promise<void> | undefined {
    const text = this.#output.plainText(value);
    if (text === undefined || text.length > MAX_CHARACTERS) {
      this.flush();
      return this.#output.sendOne(value);
    }
    this.#texts.push(text);
    this.#characters += text.length;
    if (this.#characters >= MAX_CHARACTERS || this.#texts.length === MAX_ITEMS) this.flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      whenQuiet(this.#flushTurn);
    }
    const full = this.#full;
    this.#full = undefined;
    return full;
  }

  /** What has gathered is sent, before whatever comes next. */
  flush(): void {
    if (this.#texts.length === 0) return;
    const texts = this.#texts;
    this.#texts = [];
    this.#characters = 0;
    this.#full = this.#output.sendTexts(texts);
  }

  readonly #flushTurn = (): void => {
    this.#isScheduled = false;
    this.flush();
  };
}
