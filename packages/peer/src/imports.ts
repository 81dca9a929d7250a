import {
  ConnectionClosedError,
  DependencyFailedError,
  namesOfRemoteObjects,
  type ReferenceKind,
  UnknownObjectError,
} from '@bjsonrpc/protocol';
import type { Connection } from './connection.js';

/**
 * One name that the other side has sent, for as long as this side holds it.
 *
 * It is let go when its owner here closes it, when the call that brought it as an argument settles (unless it was
 * retained), or when its proxy has been garbage-collected; and it breaks when the connection ends.
 */
export class Reference {
  readonly connection: Connection;
  readonly name: string;
  readonly kind: ReferenceKind;
  /** How often the name has come: what the owner wants to hear when it is released. */
  received = 0;
  /** Running calls that brought it, and exports that pass it on. */
  holds = 0;
  /** Whether somebody here owns it: it was a result, or was retained. */
  owned = false;
  proxy: WeakRef<object> | undefined;
  /** Why it can no longer be used. Not an error yet: its stack would keep the proxy from being collected. */
  #ended: { readonly why: string; readonly cause: Error | undefined } | undefined;
  #onBroken: Set<(error: Error) => void> | undefined;

  constructor(connection: Connection, name: string, kind: ReferenceKind) {
    this.connection = connection;
    this.name = name;
    this.kind = kind;
  }

  get isLive(): boolean {
    return this.#ended === undefined;
  }

  /** @throws UnknownObjectError saying why it can no longer be used */
  assertLive(): void {
    if (!this.#ended) return;
    const { why, cause } = this.#ended;
    throw new UnknownObjectError(`${this.name} cannot be used: ${why}`, { cause });
  }

  /** Keep it after the call that brought it. @throws UnknownObjectError when it is too late for that */
  retain(): void {
    this.assertLive();
    this.owned = true;
  }

  /** It came with a result, which belongs to the caller: the hold that it arrived with becomes his. */
  own(): void {
    this.owned = true;
    this.unhold();
  }

  hold(): void {
    this.holds++;
  }

  unhold(): void {
    if (--this.holds === 0 && !this.owned)
      this.release('it was an argument that nobody retained, and its call has settled');
  }

  /** Let go: tells the owner. Idempotent. */
  release(why: string): void {
    if (!this.isLive) return;
    this.#end(why);
    this.connection.imports.released(this);
  }

  /** The connection has ended. */
  break(cause: Error): void {
    if (!this.isLive) return;
    this.#end('its connection is closed', cause);
    const error = new ConnectionClosedError(`${this.name} is broken: ${cause.message}`, { cause });
    for (const callback of this.#onBroken ?? []) this.connection.guard(() => callback(error));
    this.#onBroken = undefined;
  }

  onBroken(callback: (error: Error) => void): Disposable {
    this.#onBroken ??= new Set();
    const callbacks = this.#onBroken;
    const own = (error: Error): void => callback(error);
    if (this.isLive) callbacks.add(own);
    return { [Symbol.dispose]: () => void callbacks.delete(own) };
  }

  #end(why: string, cause?: Error): void {
    this.#ended = { why, cause };
  }
}

/** The reference behind each proxy: of objects, functions and iterables. */
const references = new WeakMap<object, Reference>();

/** The reference behind a value, if it is a proxy. */
export function referenceOf(value: unknown): Reference | undefined {
  return typeof value === 'object' || typeof value === 'function'
    ? references.get(value as object)
    : undefined;
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

/** Why a call that builds on the result of a request fails, when that is no object of the other side. */
export function noObject(id: number): DependencyFailedError {
  return new DependencyFailedError(`Request ${id} gave no object`);
}

/** An export passes a proxy on to another connection: it lives as long as that export. */
export function holdImport(target: object): void {
  referenceOf(target)?.hold();
}

export function unholdImport(target: object): void {
  referenceOf(target)?.unhold();
}

/**
 * What one connection has been sent, by name (section 6). The same name is the same proxy while anybody holds it.
 * Proxies are held weakly: a forgotten one is released when it has been collected.
 */
export class Imports {
  readonly #connection: Connection;
  readonly #makeProxy: (reference: Reference) => object;
  readonly #byName = new Map<string, Reference>();
  readonly #collected: FinalizationRegistry<Reference>;

  constructor(connection: Connection, makeProxy: (reference: Reference) => object) {
    this.#connection = connection;
    this.#makeProxy = makeProxy;
    this.#collected = new FinalizationRegistry((reference) => {
      // A name that came again since then has a new proxy, which is not to be robbed of it.
      if (reference.proxy?.deref() === undefined) reference.release('its proxy was garbage-collected');
    });
  }

  get size(): number {
    return this.#byName.size;
  }

  /** A name has come. */
  receive(name: string, kind: ReferenceKind): { readonly reference: Reference; readonly proxy: object } {
    let reference = this.#byName.get(name);
    if (!reference) this.#byName.set(name, (reference = new Reference(this.#connection, name, kind)));
    reference.received++;
    let proxy = reference.proxy?.deref();
    if (!proxy) {
      proxy = this.#makeProxy(reference);
      reference.proxy = new WeakRef(proxy);
      references.set(proxy, reference);
      this.#collected.register(proxy, reference, reference);
    }
    return { reference, proxy };
  }

  /** A value has come that nobody will see: what it refers to is given back. */
  receiveUnwanted(value: unknown): void {
    for (const name of namesOfRemoteObjects(value, this.#connection.limits.maxDepth)) {
      const reference = this.#byName.get(name);
      if (reference) reference.received++;
      else this.#connection.sendRelease(name, 1);
    }
  }

  released(reference: Reference): void {
    this.#collected.unregister(reference);
    this.#byName.delete(reference.name);
    this.#connection.sendRelease(reference.name, reference.received);
  }

  /** The connection has ended. */
  break(cause: Error): void {
    const all = [...this.#byName.values()];
    this.#byName.clear();
    for (const reference of all) reference.break(cause);
  }
}
