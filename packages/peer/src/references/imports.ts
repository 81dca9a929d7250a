import { namesOfRemoteObjects, type ReferenceKind } from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';
import { FUNCTION_BYTES, REFERENCE_BYTES } from '../basics/memory.js';
import { inSlices } from '../basics/slices.js';
import { bindProxy, Reference, type ReferenceOwner } from './reference.js';

/** What a table of imports works with. */
export interface ImportsParts {
  /** Identifies the connection: see {@link Reference.home}. */
  readonly outgoing: object;
  readonly clock: Clock;
  readonly memory: { take(bytes: number): void; give(bytes: number): void };
  makeProxy(reference: Reference): object;
  /** Tells the other side that this one lets go of a name, so many emissions of which have come. */
  readonly releases: { release(name: string, count: number): void; clear(): void };
  guard(run: () => unknown): void;
}

/**
 * What one connection has been sent, by name (section 6). The same name is the same proxy while anybody holds it.
 * Proxies are held weakly: a forgotten one is released when it has been collected.
 */
export class Imports implements ReferenceOwner {
  readonly #parts: ImportsParts;
  readonly #byName = new Map<string, Reference>();
  readonly #collected = new FinalizationRegistry<Reference>((reference) => {
    // A name that came again since then has a new proxy, which is not to be robbed of it; and it may have been let go of.
    if (!reference.proxy?.deref()) reference.release('its proxy was garbage-collected');
  });

  constructor(parts: ImportsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** A name has come. The reference is held once on behalf of who receives it. @throws LimitExceededError */
  receive(name: string, kind: ReferenceKind): { readonly reference: Reference; readonly proxy: object } {
    let reference = this.#byName.get(name);
    if (!reference) {
      this.#parts.memory.take(bytesOf(name, kind));
      reference = new Reference(this, this.#parts.outgoing, name, kind);
      this.#byName.set(name, reference);
    }
    reference.received++;
    reference.hold();
    let proxy = reference.proxy?.deref();
    if (!proxy) {
      proxy = this.#parts.makeProxy(reference);
      reference.proxy = new WeakRef(proxy);
      bindProxy(proxy, reference);
      this.#collected.register(proxy, reference);
    }
    return { reference, proxy };
  }

  /** A value has come that nobody will see: what it refers to is given back. */
  giveBack(value: unknown): void {
    const counts = new Map<string, number>();
    for (const name of namesOfRemoteObjects(value)) counts.set(name, (counts.get(name) ?? 0) + 1);
    void inSlices(counts, this.#parts.clock, ([name, count]) => {
      const reference = this.#byName.get(name);
      if (reference) reference.received += count;
      else this.#parts.releases.release(name, count);
    });
  }

  released(reference: Reference): void {
    this.#byName.delete(reference.name);
    this.#parts.memory.give(bytesOf(reference.name, reference.kind));
    this.#parts.releases.release(reference.name, reference.received);
  }

  guard(run: () => unknown): void {
    this.#parts.guard(run);
  }

  /** The connection has ended. Resolves when all are broken: there may be many. */
  break(cause: Error): Promise<void> {
    const all = [...this.#byName.values()];
    this.#byName.clear();
    this.#parts.releases.clear();
    return inSlices(all, this.#parts.clock, (reference) => reference.break(cause));
  }
}

/** What is kept for a name that has come. */
function bytesOf(name: string, kind: ReferenceKind): number {
  return name.length + (kind === 'function' ? FUNCTION_BYTES : REFERENCE_BYTES);
}
