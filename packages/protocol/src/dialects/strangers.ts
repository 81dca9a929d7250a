import type { Message } from '../message.js';

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

const strictMembers: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/**
 * Whether a message is one of JSON-RPC 2.0: it says so, and has no members but those of that specification. With others beside
 * them it is the original's, which ignores what it does not know (section 1).
 */
function isVersion2(message: unknown): boolean {
  const { jsonrpc } = Object(message) as Message;
  return jsonrpc === '2.0' && Object.keys(message as Message).every((name) => strictMembers.has(name));
}
