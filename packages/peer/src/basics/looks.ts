/**
 * What the language, and the tools around it, ask of any object that they look at. To them a proxy says what it is, and calls
 * nobody.
 */

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Gives a class, or one object, its looks: in a text, in `util.inspect`, to `Object.prototype.toString`. */
export function looksLike<Looked extends object>(
  looked: Looked,
  tag: string,
  describe: (looked: Looked) => string,
): void {
  const value = function (this: Looked): string {
    return describe(this);
  };
  Object.defineProperty(looked, Symbol.toPrimitive, { value });
  Object.defineProperty(looked, INSPECT, { value });
  Object.defineProperty(looked, Symbol.toStringTag, { value: tag });
}

/** The member under a symbol of an object whose members are made as they are asked for. */
export function lookOf(symbol: symbol, text: string): unknown {
  return symbol === Symbol.toPrimitive || symbol === INSPECT ? () => text : undefined;
}

/** Names that the language and its test tools ask any object for: never those of remote methods. */
export function isLocalName(name: string): boolean {
  return name === 'then' || name === 'toJSON' || name === 'asymmetricMatch' || /^(\$\$|@@)/.test(name);
}

/** Whether there seems to be a member of that name: spies look before they take a method's place. */
export function seemsToHave(name: string | symbol): boolean {
  // A tool that finds `inspect` calls it, and one that finds `nodeType` takes the object for a part of a page.
  return typeof name === 'string' && !isLocalName(name) && name !== 'inspect' && name !== 'nodeType';
}
