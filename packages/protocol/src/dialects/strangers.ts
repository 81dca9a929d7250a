import { isVersion2 } from '../message.js';

/** As far as what is no message is looked at. */
const BEGINNING = 1000;

/** Those who speak JSON-RPC 2.0 to a side that speaks the original's, on one connection (section 13). */
export class Strangers<Dialect> {
  readonly #dialect: Dialect;
  /** Whether it has been heard: what cannot be read may be of those who speak it. */
  #isHeard = false;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** The dialect of a message; undefined: it is the original's. */
  dialectOf(message: unknown): Dialect | undefined {
    const isOurs = isVersion2(message);
    this.#isHeard ||= isOurs;
    return isOurs ? this.#dialect : undefined;
  }

  /** The same of a batch, in all of which one dialect is spoken. */
  dialectOfBatch(elements: readonly unknown[]): Dialect | undefined {
    return elements.some((element) => this.dialectOf(element)) ? this.#dialect : this.dialectOfText('');
  }

  /** The same of what is no message. */
  dialectOfText(text: string): Dialect | undefined {
    return this.#isHeard || text.slice(0, BEGINNING).includes('"jsonrpc"') ? this.#dialect : undefined;
  }
}
