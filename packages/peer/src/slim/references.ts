import { ConnectionClosedError, namesOfRemoteObjects, UnknownObjectError } from '@bjsonrpc/protocol';
import type { Link } from './link.js';

/** One name that the other side has sent, for as long as this side holds it (section 6). */
export class Reference {
  readonly link: Link;
  readonly name: string;
  /** How often the name has come: what the owner wants to hear when it is released. */
  received = 0;
  proxy: WeakRef<object> | undefined;
  /** Running calls that brought it, exports that pass it on, and the program, if it was a result or retained. */
  #holds = 0;
  #isOwned = false;
  /** Why it can no longer be used. */
  #end: { readonly why: string; readonly cause: Error | undefined } | undefined;
  readonly #onBroken: Set<(error: Error) => void> = new Set();

  constructor(link: Link, name: string) {
    this.link = link;
    this.name = name;
  }

  /** @throws UnknownObjectError saying why it can no longer be used */
  assertLive(): void {
    if (!this.#end) return;
    const { why, cause } = this.#end;
    throw new UnknownObjectError(`${this.name} cannot be used: ${why}`, { cause });
  }

  retain(): void {
    this.assertLive();
    this.#isOwned = true;
  }
  /** It came with a result: the hold that it arrived with becomes the caller's. */
  own(): void {
    this.#isOwned = true;
    this.unhold();
  }
  hold(): void {
    this.#holds++;
  }
  unhold(): void {
    if (!--this.#holds && !this.#isOwned) this.release('it was an argument that nobody retained');
  }

  /** Let go: tells the owner. Idempotent. */
  release(why: string): void {
    if (this.#end) return;
    this.#end = { why, cause: undefined };
    this.link.imports.delete(this.name);
    this.link.sendControl(`${this.name}.__delete__`, [this.received]);
  }

  /** The connection has ended. */
  break(cause: Error | undefined): void {
    this.#end = { why: 'its connection is closed', cause };
    const error = new ConnectionClosedError(
      `${this.name} is broken: ${cause?.message ?? 'the connection was closed'}`,
      { cause },
    );
    for (const callback of this.#onBroken) void this.link.guard(() => callback(error));
  }

  onBroken(callback: (error: Error) => void): Disposable {
    const own = (error: Error): void => callback(error);
    this.#onBroken.add(own);
    return { [Symbol.dispose]: () => void this.#onBroken.delete(own) };
  }
}

/** Forgotten proxies are released when they have been collected. */
const collected = new FinalizationRegistry<Reference>((reference) => {
  // A name that came again since then has a new proxy, which is not to be robbed of it.
  if (!reference.proxy?.deref()) reference.release('its proxy was garbage-collected');
});

const references = new WeakMap<object, Reference>();

/** The reference behind a value, if it is a proxy. */
export function referenceOf(value: unknown): Reference | undefined {
  return references.get(value as object);
}

/**
 * Keep an argument beyond the call that brought it. Whatever else is passed is left as it is.
 *
 * @returns its argument
 * @throws UnknownObjectError when the reference was released already
 */
export function retain<T>(value: T): T {
  referenceOf(value)?.retain();
  return value;
}

/** A name has come. @returns its reference, held, whose proxy is the same one while anybody holds it */
export function arrive(link: Link, name: string, makeProxy: () => object): Reference {
  let reference = link.imports.get(name);
  if (!reference) link.imports.set(name, (reference = new Reference(link, name)));
  reference.received++;
  reference.hold();
  if (!reference.proxy?.deref()) {
    const proxy = makeProxy();
    reference.proxy = new WeakRef(proxy);
    references.set(proxy, reference);
    collected.register(proxy, reference);
  }
  return reference;
}

/** A value has come that nobody will see: what it refers to is given back. */
export function giveBack(link: Link, value: unknown): void {
  for (const name of namesOfRemoteObjects(value, link.settings.limits.maxDepth)) {
    const reference = link.imports.get(name);
    if (reference) reference.received++;
    else link.sendControl(`${name}.__delete__`, [1]);
  }
}

/** The connection has ended. */
export function breakImports(link: Link, cause: Error | undefined): void {
  for (const reference of link.imports.values()) reference.break(cause);
  link.imports.clear();
}
