import { ConnectionClosedError, type ReferenceKind, UnknownObjectError } from '@bjsonrpc/protocol';
import { originalOf } from '../basics/originals.js';
import { shared } from '../basics/shared.js';

/** Whom a reference tells that it has been let go. */
export interface ReferenceOwner {
  released(reference: Reference): void;
  /** Runs what an application gave us. */
  guard(run: () => unknown): void;
}

/**
 * One name that the other side has sent, for as long as this side holds it.
 *
 * It is let go when its owner here closes it, when the call that brought it as an argument settles (unless it was
 * retained), or when its proxy has been garbage-collected; and it breaks when the connection ends.
 */
export class Reference {
  readonly #owner: ReferenceOwner;
  /** Which connection it came over: compared, never looked into. */
  readonly home: object;
  readonly name: string;
  readonly kind: ReferenceKind;
  /** How often the name has come: what the owner wants to hear when it is released. */
  received = 0;
  /** Running calls that brought it, and exports that pass it on. */
  #holds = 0;
  /** Whether somebody here owns it: it was a result, or was retained. */
  #isOwned = false;
  proxy: WeakRef<object> | undefined;
  /** Why it can no longer be used. Not an error yet: its stack would keep the proxy from being collected. */
  #ended: { readonly why: string; readonly cause: Error | undefined } | undefined;
  #isNoticed = false;
  #onBroken: Set<(error: Error) => void> | undefined;

  constructor(owner: ReferenceOwner, home: object, name: string, kind: ReferenceKind) {
    this.#owner = owner;
    this.home = home;
    this.name = name;
    this.kind = kind;
  }

  /** Why it can no longer be used. */
  get endedWith(): UnknownObjectError | undefined {
    if (!this.#ended) return undefined;
    const { why, cause } = this.#ended;
    return new UnknownObjectError(`${this.name} cannot be used: ${why}`, { cause });
  }

  /** @throws UnknownObjectError saying why it can no longer be used */
  assertLive(): void {
    if (this.#ended) throw this.endedWith;
  }

  /** Whether this is the first time that somebody tells it something in vain. */
  isFirstNotice(): boolean {
    const isFirst = !this.#isNoticed;
    this.#isNoticed = true;
    return isFirst;
  }

  /** Keep it after the call that brought it. @throws UnknownObjectError when it is too late for that */
  retain(): void {
    this.assertLive();
    this.#isOwned = true;
  }

  /** It came with a result, which belongs to the caller: the hold that it arrived with becomes his. */
  own(): void {
    this.#isOwned = true;
    this.unhold();
  }

  hold(): void {
    this.#holds++;
  }

  unhold(): void {
    if (--this.#holds === 0 && !this.#isOwned)
      this.release('it was an argument that nobody retained, and its call has settled');
  }

  /** Let go: tells the owner. Idempotent. */
  release(why: string): void {
    if (this.#ended) return;
    this.#ended = { why, cause: undefined };
    this.#owner.released(this);
  }

  /** The connection has ended. */
  break(cause: Error): void {
    if (this.#ended) return;
    this.#ended = { why: 'its connection is closed', cause };
    const error = new ConnectionClosedError(`${this.name} is broken: ${cause.message}`, { cause });
    for (const callback of this.#onBroken ?? []) this.#owner.guard(() => callback(error));
    this.#onBroken = undefined;
  }

  onBroken(callback: (error: Error) => void): Disposable {
    this.#onBroken ??= new Set();
    const callbacks = this.#onBroken;
    const own = (error: Error): void => callback(error); // the same callback may be given twice
    if (!this.#ended) callbacks.add(own);
    return { [Symbol.dispose]: () => void callbacks.delete(own) };
  }
}

/** Gives an object that is there already a private member: what a class extends may return any object as `this`. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for
    return object;
  }
}

/** The reference behind each proxy: of objects, functions and iterables. A WeakMap would take many times as long to fill. */
const Bound = shared(
  'references.2',
  () =>
    class Bound extends Given {
      readonly #reference: Reference;
      constructor(proxy: object, reference: Reference) {
        super(proxy);
        this.#reference = reference;
      }
      static referenceOf(value: object): Reference | undefined {
        return #reference in value ? value.#reference : undefined;
      }
    },
);

/** From now on this is the proxy of that reference. */
export function bindProxy(proxy: object, reference: Reference): void {
  new Bound(proxy, reference);
}

/** The reference behind a value, if it is a proxy. */
export function referenceOf(value: unknown): Reference | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  return Bound.referenceOf(value) ?? Bound.referenceOf(originalOf(value));
}

/**
 * Keep an argument beyond the call that brought it. Whatever else is passed (a function of this side that came
 * home, say) is left as it is.
 *
 * @returns its argument
 * @throws UnknownObjectError when the reference was released already
 */
export function retain<T>(value: T): T {
  referenceOf(value)?.retain();
  return value;
}
