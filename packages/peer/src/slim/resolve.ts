import { MethodNotFoundError } from '@bjsonrpc/protocol';
import { isHandler, type Method, type MethodOwner, namespaceOf, publishedMethod } from '../publish.js';
import { exportedObject } from './exports.js';
import type { Link } from './link.js';

/** What a name addresses: a method, and the object it is called on. */
interface Resolved {
  readonly owner: MethodOwner;
  readonly method: Method;
}

/**
 * What a target names (section 2): a method of an exported object, or else a published one.
 *
 * @throws MethodNotFoundError, UnknownObjectError
 */
export function resolve(link: Link, name: string): Resolved {
  const dot = name.indexOf('.');
  const object = name.slice(0, Math.max(dot, 0));
  let rest = name.slice(dot + 1);
  let owner: MethodOwner | undefined;
  if (link.exports.has(object) || /^#|_[0-9a-f]{4,}$/.test(object)) {
    owner = exportedObject(link, object);
    const isCalled = typeof owner === 'function' && rest === '__call__';
    if (isCalled) return { owner, method: { fn: owner } as Method };
    if (!isHandler(owner)) owner = undefined;
  } else {
    owner = link.settings.handler;
    rest = name;
  }
  while (owner) {
    const method = publishedMethod(owner, rest);
    if (method) return { owner, method };
    const next = rest.indexOf('.');
    owner = namespaceOf(owner, rest.slice(0, Math.max(next, 0)));
    rest = rest.slice(next + 1);
  }
  throw new MethodNotFoundError(`Unknown method '${name}'`);
}

/** A published method as a function of this side: what a reference to it becomes. */
export function localFunction(link: Link, name: string): unknown {
  const { owner, method } = resolve(link, name);
  if (method.fn === owner) return owner; // an exported function has come home
  return (...args: unknown[]): unknown => Reflect.apply(method.fn, owner, args);
}
