import { attempt } from './attempt.js';
import { type BuiltinClass, builtinClasses } from './builtin-classes.js';
import type { Attach } from './bytes.js';
import { InvalidParamsError } from './errors.js';
import { isError } from './is-error.js';

/** Writes the instances of one class. */
type Entry = Pick<BuiltinClass, 'name' | 'encode'>;

/**
 * The classes whose instances travel by value through `__jsonclass__` (section 10): the built-in ones. Names are looked up here and
 * nowhere else. A {@link Codec} knows those of the application, too.
 */
export class BuiltinCodec {
  protected readonly byPrototype: Map<object, Entry> = new Map();
  protected readonly byName: Map<string, (...args: unknown[]) => unknown> = new Map();
  /** By name, as long as the application has not put its own in their place. */
  protected readonly builtins: Map<string, BuiltinClass> = new Map();

  constructor() {
    for (const builtin of builtinClasses) {
      const { name, types, encode, decode } = builtin;
      for (const type of types) this.byPrototype.set(type.prototype as object, { name, encode });
      this.byName.set(name, decode);
      this.builtins.set(name, builtin);
    }
  }

  /** Whether bytes are its own business: then they may go beside a message. */
  get hasBytes(): boolean {
    return this.builtins.has('Bytes');
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
      const entry = this.byPrototype.get(p);
      if (entry) return { name: entry.name, args: entry.encode(value as never, attach) };
    }
    for (const { name, probe, encode } of this.builtins.values())
      if (probe && passes(probe, value)) return { name, args: encode(value as never, attach) };
    return undefined;
  }

  /**
   * @throws InvalidParamsError for a name nobody registered, or arguments that its class refuses; `cause` is what a class of the
   *   application threw
   */
  decode(name: unknown, args: readonly unknown[]): unknown {
    const decode = typeof name === 'string' ? this.byName.get(name) : undefined;
    if (!decode) throw new InvalidParamsError(`Unknown class ${shown(name)}: register it with the codec`);
    try {
      return decode(...args);
    } catch (error) {
      const isOwn = this.builtins.has(name as string);
      throw new InvalidParamsError(`Not a ${name}: ${isError(error) ? error.message : 'refused'}`, {
        ...(!isOwn && { cause: error }),
      });
    }
  }
}

/** What a stranger calls a class goes into a message for people: in short. */
function shown(name: unknown): string {
  return typeof name === 'string' ? `'${name.slice(0, 100)}'` : (JSON.stringify(name) ?? '').slice(0, 100);
}

function passes(probe: (value: object) => unknown, value: object | bigint): boolean {
  return attempt(() => {
    probe(value as object);
    return true;
  }, false);
}
