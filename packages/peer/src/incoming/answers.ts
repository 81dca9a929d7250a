import type { Dialect, Written } from '@bjsonrpc/protocol';
import type { Recipient } from '../wire/recipient.js';
import type { ProgressRequest } from './progress.js';

/** What answers are written with. */
export interface AnswersParts {
  readonly dialect: Dialect;
  readonly outlet: { readonly isClosed: boolean; answer(message: Written): Promise<void> | undefined };
  readonly far: {
    can(extension: 'errors'): boolean;
    might(extension: 'values'): boolean;
    takesHints(dialect: Dialect): boolean;
  };
  readonly values: {
    encoding(encode: () => string, isAlone?: boolean): Written;
    readonly attachedBytes: number;
    encode(value: unknown, path: string, dialect: Dialect): string;
    encodePlain(value: unknown): string | undefined;
    assertFits(text: string): string;
  };
  readonly exports: { alias(id: string): void };
  /** @throws LimitExceededError where answers pile up that the other side does not read */
  readonly flow: { assertRoomFor(bytes: number): void };
}

/** Writes the answers to calls of the other side. A call without an id, or whose connection has ended, gets none. */
export class Answers {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /**
   * A result; with `more`, an item of a stream or (false) its end. The promise, if there is one, resolves when the
   * transport has room for more.
   *
   * @throws Unsettled when the answer to a call of this side must come first; what makes the value unsendable
   */
  value(to: Recipient, value: unknown, more?: boolean): Promise<void> | undefined {
    if (!this.#isHeard(to)) return undefined;
    const { values, exports, flow, far } = this.#parts;
    const { dialect } = to;
    const id = to.id as string;
    // An item that is undefined is no end, and no null.
    const isNothing = value === null || (value === undefined && !(more && far.might('values')));
    const plain = isNothing ? dialect.nothing : values.encodePlain(value);
    if (plain !== undefined) {
      const text = more === undefined ? dialect.result(id, plain) : dialect.item(id, plain, more);
      flow.assertRoomFor(text.length);
      return this.#send(to, values.assertFits(text));
    }
    const text = values.encoding(() => {
      const result = values.encode(value, 'result', dialect);
      flow.assertRoomFor(result.length + values.attachedBytes);
      if (result.startsWith('{"__remoteobject__"')) exports.alias(id);
      return more === undefined ? dialect.result(id, result) : dialect.item(id, result, more);
    }, !to.batch);
    return this.#send(to, text);
  }

  /** The text of an item that needs no translation; undefined for one that does. @throws LimitExceededError */
  itemText(value: unknown): string | undefined {
    const { values, flow } = this.#parts;
    const text = values.encodePlain(value);
    if (text !== undefined) flow.assertRoomFor(text.length);
    return text;
  }

  /** Items of a stream, in one message. */
  items(to: Recipient, texts: readonly string[]): Promise<void> | undefined {
    const { id, dialect } = to;
    if (!this.#isHeard(to)) return undefined;
    const [first = ''] = texts;
    const message =
      texts.length === 1
        ? dialect.item(id as string, first, true)
        : dialect.item(id as string, `[${texts.join()}]`, texts.length);
    return this.#send(to, message);
  }

  /** An error. Data that cannot travel stays behind. */
  failure(to: Recipient, thrown: unknown): void {
    if (!this.#isHeard(to)) return;
    const { values, far, dialect: own } = this.#parts;
    const { dialect } = to;
    const id = to.id as string;
    const error = dialect.error(thrown, dialect === own && far.can('errors'));
    let text: Written;
    try {
      text = values.encoding(() => dialect.failure(id, values.encode(error, 'error', dialect)), !to.batch);
    } catch {
      // Texts alone always can.
      const bare = typeof error === 'object' ? { ...error, data: undefined } : error;
      text = dialect.failure(
        id,
        JSON.stringify(bare, (_, value: unknown) => shortened(value)),
      );
    }
    this.#send(to, text);
  }

  /** How far the request is (section 7). @throws what makes the value unsendable */
  progress(to: Recipient, { token, form }: ProgressRequest, value: unknown): void {
    if (!this.#isHeard(to)) return;
    const { values, flow, outlet } = this.#parts;
    const { dialect } = to;
    const method = JSON.stringify(form?.method ?? '$/progress');
    const text = values.encoding(() => {
      const given = form ? form.params(JSON.parse(token), value) : value;
      const encoded = values.encode(given, 'progress', dialect);
      flow.assertRoomFor(encoded.length + values.attachedBytes);
      const params = form ? encoded : `[${token},${encoded}]`;
      return dialect.notification({ method, params, kwparams: undefined });
    });
    outlet.answer(text);
  }

  #isHeard({ id, isSilent }: Recipient): boolean {
    return id !== undefined && isSilent !== true && !this.#parts.outlet.isClosed;
  }

  #send({ batch }: Recipient, message: Written): Promise<void> | undefined {
    return batch && typeof message === 'string' ? batch.add(message) : this.#parts.outlet.answer(message);
  }
}

/** Not even a message that is too long for the other side may keep a request from its answer. */
function shortened(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, 1000) : value;
}
