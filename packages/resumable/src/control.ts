/** What a session says between its messages (section 15 of the protocol). */
export type Control =
  /** So many of the other side's messages have arrived. */
  | { readonly kind: 'ack'; readonly received: number }
  /** Answer with an ack, at once. */
  | { readonly kind: 'probe' }
  /** There are no messages behind this one, which is numbered as they are. */
  | { readonly kind: 'end' }
  /** The session is over, whatever was still to come. */
  | { readonly kind: 'abort' }
  /** Of a later version. */
  | { readonly kind: 'other' };

const OPEN_BRACKET = 0x5b;

/** Writes and reads control messages of one session: arrays that begin with its tag. No message of a peer does. */
export class Controls {
  readonly #prefix: string;
  readonly probe: string;
  readonly end: string;
  readonly abort: string;

  constructor(sessionId: string) {
    this.#prefix = `["${sessionId.slice(0, 4)}",`;
    this.probe = `${this.#prefix}2]`;
    this.end = `${this.#prefix}3]`;
    this.abort = `${this.#prefix}4]`;
  }

  ack(received: number): string {
    return `${this.#prefix}1,${received}]`;
  }

  /** The same message, so that it cannot be taken for a control message: with a blank that JSON does not mind. */
  plain(text: string): string {
    return this.#isOne(text) ? `[ ${text.slice(1)}` : text;
  }

  /** The control message that a text is; undefined where it is a message of the program. */
  read(text: string): Control | undefined {
    if (!this.#isOne(text)) return undefined;
    if (text === this.end) return { kind: 'end' };
    if (text === this.probe) return { kind: 'probe' };
    if (text === this.abort) return { kind: 'abort' };
    const [, digits] = /^1,(\d{1,16})\]$/.exec(text.slice(this.#prefix.length)) ?? [];
    return digits === undefined ? { kind: 'other' } : { kind: 'ack', received: Number(digits) };
  }

  #isOne(text: string): boolean {
    return text.charCodeAt(0) === OPEN_BRACKET && text.startsWith(this.#prefix);
  }
}
