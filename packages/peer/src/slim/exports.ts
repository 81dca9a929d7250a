import { objectName, UnknownObjectError } from '@bjsonrpc/protocol';
import { acquire, relinquish } from '../lifetimes.js';
import type { Link } from './link.js';
import { referenceOf } from './references.js';

/** Something of this side that the other side holds under a name (section 6). */
export interface Export {
  readonly name: string;
  readonly target: object;
  /** How often the name has been sent and not yet been released. */
  count: number;
}

/** What stands for an object in a message that is being written; counts it. */
export function emit(link: Link, target: object, className: string): Export {
  let entry = link.exported.get(target);
  if (!entry) {
    link.assertRoom('maxExports', link.exports);
    const name = objectName(className, ++link.lastNumber);
    entry = { name, target, count: 0 };
    link.exports.set(name, entry);
    link.exported.set(target, entry);
    acquire(target, link.peer);
    referenceOf(target)?.hold();
  }
  entry.count++;
  return entry;
}

/** @throws UnknownObjectError */
export function exportedObject(link: Link, name: string): object {
  const entry = link.exports.get(name);
  if (entry) return entry.target;
  throw new UnknownObjectError(`Unknown object '${name}': it was released, or never sent here`);
}

/** So many emissions less. With the last one the object goes; `letGo` cleans up. */
export function subtract(
  link: Link,
  entry: Export,
  count: number,
  letGo: (target: object) => void = relinquish,
): void {
  const { name, target } = entry;
  entry.count -= count;
  if (entry.count > 0 || !link.exports.delete(name)) return;
  link.exported.delete(target);
  referenceOf(target)?.unhold();
  void link.guard(() => letGo(target));
}

/** The connection has ended. */
export function clearExports(link: Link): void {
  for (const entry of link.exports.values()) subtract(link, entry, entry.count);
}
