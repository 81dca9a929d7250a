import { hintOf } from './hints.js';
import { isObject } from './is-object.js';

/**
 * Looks at the arrays and objects of a value in which hints may stand, in order and however deep. The keys of a literal are data:
 * it is looked at, and then its members, which may be hints all the same.
 *
 * @param look whether there may be more inside
 */
export function eachContainer(value: unknown, look: (container: object) => boolean): void {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (!isObject(next) || !look(next)) continue;
    for (const member of Object.values(insideOf(next)).reverse())
      if (typeof member === 'object') left.push(member);
  }
}

function insideOf(container: object): object {
  const { __literal__: literal } = container as { readonly __literal__?: unknown };
  // In this order: few have such a member, and to find the hint of one takes longer.
  return literal !== undefined && hintOf(container) === '__literal__'
    ? (Object(literal) as object)
    : container;
}
