import { type BuiltinClass, builtinClasses } from './builtin-classes.js';
import type { Attach } from './bytes.js';
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

/** The built-in classes that a codec can do without: all of section 10 but undefined and the odd numbers. */
export type BuiltinName = 'Date' | 'Bytes' | 'Map' | 'Set' | 'URL' | 'RegExp' | 'Error' | 'BigInt';

/** What a codec knows of itself. */
export interface CodecOptions {
  /** Built-in classes that this one does not know: their instances can neither be sent nor received. */
  readonly without?: readonly BuiltinName[];
  /**
   * Whether a RegExp that comes is compiled: only where the other side is trusted, since a pattern can take for ever. False: it
   * arrives as a `RegExpSource`.
   */
  readonly compileRegExp?: boolean;
}

type Entry = Pick<BuiltinClass, 'name' | 'encode'>;

/**
 * The classes whose instances travel by value through `__jsonclass__` (section 10): the built-in ones and those
 * that the application registers. Names are looked up here and nowhere else.
 *
 *     const codec = new Codec().register('Point', Point, { encode: (p) => [p.x, p.y], decode: … });
 */
export class Codec {
  readonly #byPrototype = new Map<object, Entry>();
  readonly #byName = new Map<string, (...args: unknown[]) => unknown>();
  /** By name, as long as the application has not put its own in their place. */
  readonly #builtins = new Map<string, BuiltinClass>();

  /** @throws TypeError for a name in `without` that is no built-in class */
  constructor({ without = [], compileRegExp = false }: CodecOptions = {}) {
    for (const builtin of builtinClasses) {
      const { name, types, encode, decode } = builtin;
      for (const type of types) this.#byPrototype.set(type.prototype as object, { name, encode });
      this.#byName.set(name, decode);
      this.#builtins.set(name, builtin);
    }
    if (compileRegExp) this.#byName.set('RegExp', compiled);
    for (const name of without) {
      if (!this.#builtins.get(name)?.types.length) throw new TypeError(`no built-in class is '${name}'`);
      this.#forget(name);
    }
  }

  /** Whether bytes are its own business: then they may go beside a message. */
  get hasBytes(): boolean {
    return this.#builtins.has('Bytes');
  }

  /**
   * Both sides register the same name. Instances of subclasses travel as this class. The name of a built-in class puts this one
   * in its place.
   *
   * @throws TypeError for a name that is registered already, and for one of a built-in value that is no class
   */
  register<T>(name: string, type: ClassOf<T>, { encode, decode }: ClassCodec<T>): this {
    if (this.#builtins.get(name)?.types.length) this.#forget(name);
    if (this.#byName.has(name)) throw new TypeError(`a class is registered as '${name}' already`);
    this.#byPrototype.set(type.prototype as object, { name, encode: (value) => encode(value) });
    this.#byName.set(name, decode);
    return this;
  }

  /**
   * The name and arguments of an instance; undefined where its class is not registered. A built-in class counts in
   * every realm, one of the application's only as the very class that was registered. `attach` takes bytes that are to go beside
   * the message.
   */
  encode(
    value: object | bigint,
    attach?: Attach,
  ): { readonly name: string; readonly args: readonly unknown[] } | undefined {
    for (
      let p = Object.getPrototypeOf(value) as object | null;
      p;
      p = Object.getPrototypeOf(p) as object | null
    ) {
      const entry = this.#byPrototype.get(p);
      if (entry) return { name: entry.name, args: entry.encode(value as never, attach) };
    }
    for (const { name, probe, encode } of this.#builtins.values())
      if (probe && passes(probe, value)) return { name, args: encode(value as never, attach) };
    return undefined;
  }

  /**
   * @throws InvalidParamsError for a name nobody registered, or arguments that its class refuses; `cause` is what a class of the
   *   application threw
   */
  decode(name: unknown, args: readonly unknown[]): unknown {
    const decode = typeof name === 'string' ? this.#byName.get(name) : undefined;
    if (!decode) throw new InvalidParamsError(`Unknown class ${shown(name)}: register it with the codec`);
    try {
      return decode(...args);
    } catch (error) {
      const isOwn = this.#builtins.has(name as string);
      throw new InvalidParamsError(`Not a ${name}: ${isError(error) ? error.message : 'refused'}`, {
        ...(!isOwn && { cause: error }),
      });
    }
  }

  #forget(name: string): void {
    for (const { prototype } of this.#builtins.get(name)?.types ?? [])
      this.#byPrototype.delete(prototype as object);
    this.#builtins.delete(name);
    this.#byName.delete(name);
  }
}

function compiled(source: unknown, flags: unknown): RegExp {
  if (typeof source !== 'string' || typeof flags !== 'string')
    throw new TypeError('two strings are expected');
  return new RegExp(source, flags);
}

/** What a stranger calls a class goes into a message for people: in short. */
function shown(name: unknown): string {
  return typeof name === 'string' ? `'${name.slice(0, 100)}'` : (JSON.stringify(name) ?? '').slice(0, 100);
}

function passes(probe: (value: object) => unknown, value: object | bigint): boolean {
  try {
    probe(value as object);
    return true;
  } catch {
    return false;
  }
}
