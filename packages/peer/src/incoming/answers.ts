import type { Profile } from '@bjsonrpc/protocol';

/** What answers are written with. */
export interface AnswersParts {
  readonly profile: Profile;
  readonly outlet: { readonly isClosed: boolean; answer(text: string): Promise<void> | undefined };
  readonly far: { can(extension: 'errors'): boolean };
  readonly values: {
    encoding(encode: () => string): string;
    encode(value: unknown, path: string): string;
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

  /** A result that is JSON text already. */
  text(id: string | undefined, result: string): void {
    const { outlet, profile } = this.#parts;
    if (id !== undefined && !outlet.isClosed) outlet.answer(profile.result(id, result));
  }

  /**
   * A result; with `more`, an item of a stream or (false) its end. The promise, if there is one, resolves when the
   * transport has room for more.
   *
   * @throws Unsettled when the answer to a call of this side must come first; what makes the value unsendable
   */
  value(id: string | undefined, value: unknown, more?: boolean): Promise<void> | undefined {
    const { outlet, profile, values, exports, flow } = this.#parts;
    if (id === undefined || outlet.isClosed) return undefined;
    const plain = value === undefined ? 'null' : values.encodePlain(value);
    if (plain !== undefined) {
      const text = more === undefined ? profile.result(id, plain) : profile.item(id, plain, more);
      flow.assertRoomFor(text.length);
      return outlet.answer(values.assertFits(text));
    }
    const text = values.encoding(() => {
      const result = values.encode(value, 'result');
      flow.assertRoomFor(result.length);
      if (result.startsWith('{"__remoteobject__"')) exports.alias(id);
      return more === undefined ? profile.result(id, result) : profile.item(id, result, more);
    });
    return outlet.answer(text);
  }

  /** An error. Data that cannot travel stays behind. */
  failure(id: string | undefined, thrown: unknown): void {
    const { outlet, profile, values, far } = this.#parts;
    if (id === undefined || outlet.isClosed) return;
    const error = profile.error(thrown, far.can('errors'));
    let text: string;
    try {
      text = values.encoding(() => profile.failure(id, values.encode(error, 'error')));
    } catch {
      // Texts alone always can.
      const bare = typeof error === 'object' ? { ...error, data: undefined } : error;
      text = profile.failure(
        id,
        JSON.stringify(bare, (_, value: unknown) => shortened(value)),
      );
    }
    outlet.answer(text);
  }
}

/** Not even a message that is too long for the other side may keep a request from its answer. */
function shortened(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, 1000) : value;
}
