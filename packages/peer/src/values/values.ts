import {
  type Codec,
  type DecodeContext,
  type Dialect,
  decodeValue,
  type EncodeContext,
  encodePlain,
  encodeValue,
  InvalidRequestError,
  LimitExceededError,
  type Limits,
  type ReferenceHint,
  type ReferenceKind,
  type Written,
  withoutClassHints,
} from '@bjsonrpc/protocol';
import { Unsettled } from '../basics/unsettled.js';
import { utf8Length } from '../basics/wire-event.js';
import { assertFewReferences } from '../references/few-references.js';
import { Attaching } from './attaching.js';
import { kindOf } from './export-hints.js';

/** A reference that a decoded value has brought: held once on behalf of who decoded it. */
export interface Arrived {
  /** It belongs to the program now. */
  own(): void;
  /** It is not needed any more. */
  unhold(): void;
}

/** What values are translated with. */
export interface ValuesParts {
  readonly dialect: Dialect;
  readonly codec: Pick<Codec, 'encode' | 'decode'>;
  readonly limits: Pick<Limits, 'maxDepth' | 'maxNodes'>;
  /** What the other side understands. */
  readonly far: {
    readonly isUndecided: boolean;
    readonly mostBytes: number;
    takesHints(dialect: Dialect): boolean;
    might(extension: 'values'): boolean;
    can(extension: 'bytes'): boolean;
    whenSettled(again: () => void): void;
  };
  /** Whether bytes may come, and go, beside a message. */
  readonly carriesBytes: boolean;
  /** Ends the connection. */
  readonly life: { cut(error: Error): void };
  /** Accounts for what is sent by reference: see {@link Values.encoding}. */
  readonly exports: { emitting(write: () => string): string; target(name: string): object };
  /** What the other side holds under a name: a proxy of it. */
  readonly imports: {
    receive(name: string, kind: ReferenceKind): { readonly reference: Arrived; readonly proxy: object };
  };
  readonly resolver: { localFunction(name: string): unknown };
  /** The hint of a value that travels by reference; undefined for one that does not. Asked of all but plain JSON. */
  hintOf(value: object): ReferenceHint | undefined;
}

/** A message of so many characters may be longer than the other side takes, and waits until that is known. */
const SURELY_TAKEN = 1024;

/** What this side's values become on the wire of one connection, and back. */
export class Values implements EncodeContext, DecodeContext {
  readonly #parts: ValuesParts;
  readonly codec: ValuesParts['codec'];
  readonly maxDepth: number;
  /** What goes beside the message being written; undefined while nothing may. */
  #attaching: Attaching | undefined;
  /** The references that the value being decoded has brought. */
  #arrived: Arrived[] = [];

  constructor(parts: ValuesParts) {
    this.#parts = parts;
    this.codec = parts.codec;
    this.maxDepth = parts.limits.maxDepth;
  }

  get classHint(): EncodeContext['classHint'] {
    return this.#parts.far.might('values') ? undefined : withoutClassHints;
  }

  get attach(): EncodeContext['attach'] {
    return this.#attaching?.attach;
  }

  /** Bytes that go beside the message being written, so far. */
  get attachedBytes(): number {
    return this.#attaching?.bytes ?? 0;
  }

  /**
   * Runs an encoding of a message and accounts for the references in it: all of them are on their way when it
   * succeeds, none when it throws. Long bytes in it go beside it, where both sides can, and it is not to go into another (`isAlone`).
   *
   * @throws LimitExceededError for a message that the other side would not take
   */
  encoding(encode: () => string, isAlone = true): Written {
    const { exports, far, carriesBytes } = this.#parts;
    const outer = this.#attaching; // a getter among the values may call, too
    const attaching = isAlone && carriesBytes && far.can('bytes') ? new Attaching() : undefined;
    this.#attaching = attaching;
    try {
      const text = exports.emitting(() => this.assertFits(encode()));
      return attaching ? attaching.around(text) : text;
    } finally {
      this.#attaching = outer;
    }
  }

  /** @throws what makes the value unsendable; Unsettled where it has yet to be known what the other side understands */
  encode(value: unknown, path: string, dialect: Dialect = this.#parts.dialect): string {
    return encodeValue(value, path, this.#contextOf(dialect));
  }

  #contextOf(dialect: Dialect): EncodeContext {
    const { far } = this.#parts;
    if (far.takesHints(dialect) || !dialect.plainForm) return this;
    if (far.isUndecided && dialect === this.#parts.dialect) throw new Unsettled(far);
    return dialect.plainForm(this, kindOf);
  }

  /** The JSON text of a value that needs no translation; undefined for one that does. */
  encodePlain(value: unknown): string | undefined {
    return encodePlain(value, this.maxDepth);
  }

  /**
   * @returns the message
   * @throws LimitExceededError for one that the other side would not take; Unsettled where it has yet to say what it takes
   */
  assertFits(text: string): string {
    const { far } = this.#parts;
    if (text.length > SURELY_TAKEN && far.isUndecided) throw new Unsettled(far);
    const max = far.mostBytes;
    const { attachedBytes } = this;
    if (text.length * 3 + attachedBytes <= max) return text; // whatever the characters are
    const bytes = utf8Length(text) + attachedBytes;
    if (bytes <= max) return text;
    throw new LimitExceededError(`The message has ${bytes} bytes; ${max} are allowed (maxMessageBytes)`);
  }

  /** The value, and the references that came with it, each of them held once. */
  decode(value: unknown): { readonly value: unknown; readonly arrived: readonly Arrived[] } {
    const arrived: Arrived[] = [];
    this.#arrived = arrived;
    try {
      return { value: decodeValue(value, this), arrived };
    } catch (error) {
      for (const reference of arrived) reference.unhold();
      throw error;
    }
  }

  missing(place: number): void {
    const { carriesBytes, life } = this.#parts;
    if (!carriesBytes) return;
    const error = new InvalidRequestError(`A place for bytes that are not there: ${place}`);
    life.cut(error);
    throw error;
  }

  refer(value: object): ReferenceHint | undefined {
    return this.#parts.hintOf(value);
  }

  remoteObject(name: string, kind: ReferenceKind): unknown {
    const { imports, limits } = this.#parts;
    assertFewReferences(this.#arrived.length + 1, limits);
    const { reference, proxy } = imports.receive(name, kind);
    this.#arrived.push(reference);
    return proxy;
  }

  localObject(name: string): unknown {
    return this.#parts.exports.target(name);
  }

  localFunction(name: string): unknown {
    return this.#parts.resolver.localFunction(name);
  }
}
