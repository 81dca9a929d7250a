import {
  type Counter,
  DependencyFailedError,
  LimitExceededError,
  objectName,
  type ReferenceHint,
  UnknownObjectError,
} from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';
import { ALIAS_BYTES, REFERENCE_BYTES } from '../basics/memory.js';
import { inSlices } from '../basics/slices.js';
import { Unsettled } from '../basics/unsettled.js';

import { assertFewReferences } from './few-references.js';

/** Something of this side that the other side holds under a name. */
interface Export {
  readonly name: string;
  readonly target: object;
  readonly hint: ReferenceHint;
  /** How often the name has been sent and not yet been released; pins count too. */
  count: number;
  /** The requests whose answers carried it (section 9). */
  aliases: string[] | undefined;
}

/** What a table of exports works with. */
export interface ExportsParts {
  readonly counter: Counter;
  readonly clock: Clock;
  readonly memory: { take(bytes: number): void; give(bytes: number): void };
  readonly limits: { readonly maxExports: number; readonly maxNodes: number };
  /** Whether the other side counts references. */
  readonly far: {
    readonly isUndecided: boolean;
    can(extension: 'references'): boolean;
    might(extension: 'references'): boolean;
    whenSettled(again: () => void): void;
  };
  /** An object is sent for the first time. */
  acquired(target: object): void;
  /** It is let go of; `wasSent` is false where the message that would have carried it was never written. */
  dropped(target: object, wasSent: boolean): void;
}

/** How many answered requests stay addressable for pipelining; callers use an alias within one round trip. */
const MAX_ALIASES = 16_384;

/**
 * What one connection exports, by name (section 6). To a peer that counts, or may yet turn out to, one object has one
 * name and its emissions are counted; to any other, every emission has a name of its own.
 */
export class Exports {
  readonly #parts: ExportsParts;
  readonly #byName = new Map<string, Export>();
  readonly #byTarget = new Map<object, Export>();
  readonly #aliases = new Map<string, Export>();
  /** The emissions of the message that is being encoded. */
  #emitted: Export[] = [];

  constructor(parts: ExportsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** What a name, or the alias of a request, stands for. */
  get(name: string): object | undefined {
    return this.#find(name)?.target;
  }

  /** @throws UnknownObjectError; for the result of a request DependencyFailedError */
  target(name: string): object {
    const target = this.get(name);
    if (target) return target;
    if (name[0] === '#') throw new DependencyFailedError(`Request ${name.slice(1)} gave no object`);
    throw new UnknownObjectError(`Unknown object '${name}': it was released, or never sent here`);
  }

  /**
   * The hint to send for an object; counts the emission: see {@link emitting}.
   *
   * @throws Unsettled for an object that is out already, where it is not known yet whether the other side counts;
   *   LimitExceededError
   */
  emit(target: object, className: string, kind: object = {}): ReferenceHint {
    const { far, limits } = this.#parts;
    assertFewReferences(this.#emitted.length + 1, limits);
    let entry = far.might('references') ? this.#byTarget.get(target) : undefined;
    if (entry && far.isUndecided) throw new Unsettled(far);
    if (!entry) entry = this.#add(target, className, kind);
    entry.count++;
    this.#emitted.push(entry);
    return entry.hint;
  }

  /**
   * Writes a message. What it emits is on its way, unless it cannot be written: then nobody was told those names. A getter may
   * send another message meanwhile, which has emissions of its own.
   */
  emitting(write: () => string): string {
    const outer = this.#emitted;
    this.#emitted = [];
    try {
      return write();
    } catch (error) {
      for (const entry of this.#emitted) this.#subtract(entry, 1, false);
      throw error;
    } finally {
      this.#emitted = outer;
    }
  }

  /**
   * The answer to request `id` was this emission alone: the request may be addressed in its stead.
   *
   * @throws LimitExceededError
   */
  alias(id: string): void {
    const [entry] = this.#emitted;
    if (!entry || !this.#parts.far.can('references')) return;
    const alias = `#${id}`;
    this.#dropAlias(alias); // of an earlier request with that id
    if (this.#aliases.size >= MAX_ALIASES) this.#dropAlias(this.#aliases.keys().next().value as string);
    this.#parts.memory.take(ALIAS_BYTES + alias.length);
    // A push onto an empty array makes room for many, and most objects have one alias.
    if (entry.aliases) entry.aliases.push(alias);
    else entry.aliases = [alias];
    this.#aliases.set(alias, entry);
  }

  /** Keep what these names stand for until the returned function is called, though it be released meanwhile. */
  pin(names: readonly string[]): () => void {
    const entries = names.flatMap((name) => this.#find(name) ?? []);
    for (const entry of entries) entry.count++;
    return () => {
      for (const entry of entries) this.#subtract(entry, 1);
    };
  }

  /** The other side lets go of a name: as often as it counted, or (from a peer that does not count) altogether. */
  release(name: string, count?: number): void {
    const entry = this.#byName.get(name);
    if (entry) this.#subtract(entry, count ?? entry.count);
  }

  /** The connection has ended: nothing is held any more. Resolves when all is let go of: it may be much. */
  clear(): Promise<void> {
    const all = [...this.#byName.values()];
    for (const table of [this.#byName, this.#byTarget, this.#aliases]) table.clear();
    return inSlices(all, this.#parts.clock, ({ target }) => this.#parts.dropped(target, true));
  }

  #find(name: string): Export | undefined {
    return this.#byName.get(name) ?? (name[0] === '#' ? this.#aliases.get(name) : undefined);
  }

  #add(target: object, className: string, kind: object): Export {
    const { counter, far, limits } = this.#parts;
    const { maxExports } = limits;
    if (this.#byName.size >= maxExports) {
      throw new LimitExceededError(`The other side holds ${maxExports} objects already (maxExports)`);
    }
    this.#parts.memory.take(REFERENCE_BYTES);
    const name = objectName(className, counter.next());
    const hint = { __remoteobject__: name, ...kind };
    const entry: Export = { name, target, hint, count: 0, aliases: undefined };
    this.#byName.set(name, entry);
    if (far.might('references')) this.#byTarget.set(target, entry);
    this.#parts.acquired(target);
    return entry;
  }

  #dropAlias(alias: string): void {
    const { aliases } = this.#aliases.get(alias) ?? {};
    if (!aliases) return;
    this.#forgetAlias(alias);
    aliases.splice(aliases.indexOf(alias), 1);
  }

  #forgetAlias(alias: string): void {
    this.#aliases.delete(alias);
    this.#parts.memory.give(ALIAS_BYTES + alias.length);
  }

  #subtract(entry: Export, count: number, wasSent = true): void {
    const { name, target, aliases } = entry;
    entry.count -= count;
    if (entry.count > 0 || this.#byName.get(name) !== entry) return;
    this.#byName.delete(name);
    this.#parts.memory.give(REFERENCE_BYTES);
    if (this.#byTarget.get(target) === entry) this.#byTarget.delete(target);
    for (const alias of aliases ?? []) this.#forgetAlias(alias);
    this.#parts.dropped(target, wasSent);
  }
}
