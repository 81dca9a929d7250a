import { builtinClasses } from './builtin-classes.js';
import { InvalidParamsError } from './errors.js';
import { isError } from './is-error.js';

/** How instances of a class travel: as its registered name and the arguments that make an equal instance. */
export interface ClassCodec<T> {
  /** The arguments, themselves any values that can travel. */
  readonly encode: (value: T) => readonly unknown[];
  /** An instance from decoded arguments, which a stranger wrote: check them, and throw what is wrong. */
  readonly decode: (...args: unknown[]) => T;
}

/** Any constructor, abstract ones included. */
export type ClassOf<T> = abstract new (...args: never[]) => T;

type Entry = { readonly name: string; readonly encode: (value: never) => readonly unknown[] };

/**
 * The classes whose instances travel by value through `__jsonclass__` (section 10): the built-in ones and those
 * that the application registers. Names are looked up here and nowhere else.
 *
 *     const codec = new Codec().register('Point', Point, { encode: (p) => [p.x, p.y], decode: … });
 */
export class Codec {
  readonly #byPrototype = new Map<object, Entry>();
  readonly #byName = new Map<string, (...args: unknown[]) => unknown>();

  constructor() {
    for (const { name, types, encode, decode } of builtinClasses) {
      for (const type of types) this.#byPrototype.set(type.prototype as object, { name, encode });
      this.#byName.set(name, decode);
    }
  }

  /** Both sides register the same name. Instances of subclasses travel as this class. A name counts once. */
  register<T>(name: string, type: ClassOf<T>, { encode, decode }: ClassCodec<T>): this {
    if (this.#byName.has(name)) throw new TypeError(`a class is registered as '${name}' already`);
    this.#byPrototype.set(type.prototype as object, { name, encode });
    this.#byName.set(name, decode);
    return this;
  }

  /**
   * The name and arguments of an instance; undefined where its class is not registered. A built-in class counts in
   * every realm, one of the application's only as the very class that was registered.
   */
  encode(value: object): { readonly name: string; readonly args: readonly unknown[] } | undefined {
    for (
      let p = Object.getPrototypeOf(value) as object | null;
      p;
      p = Object.getPrototypeOf(p) as object | null
    ) {
      const entry = this.#byPrototype.get(p);
      if (entry) return { name: entry.name, args: entry.encode(value as never) };
    }
    const builtin = builtinClasses.find(({ probe }) => probe && passes(probe, value));
    return builtin && { name: builtin.name, args: builtin.encode(value as never) };
  }

  /** @throws InvalidParamsError for a name nobody registered, or arguments that its class refuses */
  decode(name: unknown, args: readonly unknown[]): unknown {
    const decode = typeof name === 'string' ? this.#byName.get(name) : undefined;
    if (!decode)
      throw new InvalidParamsError(
        `Unknown class ${typeof name === 'string' ? `'${name}'` : JSON.stringify(name)}: register it with the codec`,
      );
    try {
      return decode(...args);
    } catch (error) {
      throw new InvalidParamsError(`Not a ${name}: ${isError(error) ? error.message : 'refused'}`, {
        cause: error,
      });
    }
  }
}

function passes(probe: (value: object) => unknown, value: object): boolean {
  try {
    probe(value);
    return true;
  } catch {
    return false;
  }
}
