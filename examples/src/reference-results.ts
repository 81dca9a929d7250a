import { KeyError, NotAllowed, ServerError, ValueError } from './reference-errors.js';
import { NamesHandler } from './reference-names.js';

/** The methods of the reference server that only return something, or only fail. */
export class ResultsHandler extends NamesHandler {
  static override readonly parameters: { readonly [method: string]: readonly string[] } = {
    failWith: ['text'],
    failServerWith: ['text'],
  };

  // Values that are easy to get wrong on the way.

  nothing(): void {}

  pair(): [number, string] {
    return [1, 'two'];
  }

  nested(): object {
    return {
      list: [1, [2, [3, []]], {}],
      map: { a: { b: { c: null } } },
      flags: [true, false, null],
      empty: '',
    };
  }

  unicode(): string {
    return 'a\u00f1o \u20ac \u65e5\u672c \u{1f600} \u2028 \u007f';
  }

  escapes(): string {
    return 'q" b\\ s/ \b\f\n\r\t \u0000\u001f';
  }

  /** Half a character: no text, but a JavaScript string, and JSON can carry it. */
  surrogate(): string {
    return '\ud83d';
  }

  floats(): number[] {
    return [
      1,
      0.1,
      -0,
      1.5,
      1e15,
      1e16,
      1e100,
      1e-4,
      1e-5,
      1e-7,
      123456789.123,
      Number.MIN_VALUE,
      Number.MAX_VALUE,
    ];
  }

  /** Python would give these exactly; as JavaScript numbers they are the nearest doubles. */
  bigint(): number[] {
    return [2 ** 53 + 1, 2 ** 64, -(10 ** 30)];
  }

  decimal(): number[] {
    return [1.1, 3];
  }

  keys(): object {
    return { 1: 'int', null: 'none', false: 'false', 1.5: 'float' };
  }

  /** The numbers that JSON has no words for. */
  specials(): number[] {
    return [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  }

  // Results that the original could not send.

  badSet(): Set<number> {
    return new Set([1]);
  }

  badBytes(): Uint8Array {
    return new Uint8Array([0, 255]);
  }

  badKey(): Map<readonly number[], number> {
    return new Map([[[1, 2], 3]]);
  }

  badFunction(): () => string {
    return () => 'pong';
  }

  badIterator(): object {
    return [1, 2][Symbol.iterator]();
  }

  // Failures. A ServerError crosses as its bare message, any other with its name.

  failValue(): never {
    throw new ValueError('boom');
  }

  failType(): never {
    throw new TypeError('bad type');
  }

  failWith(text: string): never {
    throw new ValueError(text);
  }

  failEmpty(): never {
    throw new ValueError();
  }

  failKey(): never {
    throw new KeyError('missing');
  }

  failServer(): never {
    throw new ServerError('server says no');
  }

  failServerWith(text: string): never {
    throw new ServerError(text);
  }

  failServerEmpty(): never {
    throw new ServerError('');
  }

  failServerArgs(): never {
    throw new ServerError("('one', 2)");
  }

  failCustom(): never {
    throw new NotAllowed('custom denied');
  }
}
