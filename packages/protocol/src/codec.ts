import { BuiltinCodec } from './builtin-codec.js';

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

/**
 * The classes whose instances travel by value: the built-in ones, less those that it is made without, and those that the
 * application registers.
 *
 *     const codec = new Codec().register('Point', Point, { encode: (p) => [p.x, p.y], decode: … });
 */
export class Codec extends BuiltinCodec {
  /** @throws TypeError for a name in `without` that is no built-in class */
  constructor({ without = [], compileRegExp = false }: CodecOptions = {}) {
    super();
    if (compileRegExp) this.byName.set('RegExp', compiled);
    for (const name of without) {
      if (!this.builtins.get(name)?.types.length) throw new TypeError(`no built-in class is '${name}'`);
      this.#forget(name);
    }
  }

  /**
   * Both sides register the same name. Instances of subclasses travel as this class. The name of a built-in class puts this one
   * in its place.
   *
   * @throws TypeError for a name that is registered already, and for one of a built-in value that is no class
   */
  register<T>(name: string, type: ClassOf<T>, { encode, decode }: ClassCodec<T>): this {
    if (this.builtins.get(name)?.types.length) this.#forget(name);
    if (this.byName.has(name)) throw new TypeError(`a class is registered as '${name}' already`);
    this.byPrototype.set(type.prototype as object, { name, encode: (value) => encode(value) });
    this.byName.set(name, decode);
    return this;
  }

  #forget(name: string): void {
    for (const { prototype } of this.builtins.get(name)?.types ?? [])
      this.byPrototype.delete(prototype as object);
    this.builtins.delete(name);
    this.byName.delete(name);
  }
}

function compiled(source: unknown, flags: unknown): RegExp {
  if (typeof source !== 'string' || typeof flags !== 'string')
    throw new TypeError('two strings are expected');
  return new RegExp(source, flags);
}
