import { MethodNotFoundError } from '@bjsonrpc/protocol';
import type { Connection } from './connection.js';
import { forward } from './forward.js';
import { referenceOf } from './imports.js';
import { InboundCall } from './inbound-call.js';
import { incomingChain } from './interceptors.js';
import { isStream } from './producer.js';
import { isHandler, type Method, type MethodOwner, namespaceOf, publishedMethod } from './publish.js';

/** What a name addresses: a method, and the object it is called on. */
export interface Resolved {
  readonly owner: MethodOwner;
  readonly method: Method;
}

/**
 * What a target names (section 2): an object's method, or else a published one with the whole dotted name.
 *
 * @throws MethodNotFoundError, UnknownObjectError
 */
export function resolve(connection: Connection, name: string): Resolved {
  const known = connection.resolved.get(name);
  if (known) return known;
  const dot = name.indexOf('.');
  if (dot === -1) {
    const resolved = rootMethod(connection.handler, name);
    // What a class publishes does not change; members of objects and Maps may come and go.
    if (resolved.owner === connection.handler && isHandler(resolved.owner))
      connection.resolved.set(name, resolved);
    return resolved;
  }
  const object = name.slice(0, dot);
  const entry = connection.exports.get(object);
  if (entry) return objectMethod(entry.target, name.slice(dot + 1));
  if (/^#|_[0-9a-f]{4,}$/.test(object)) connection.exports.target(object); // throws, and names the object
  return rootMethod(connection.handler, name);
}

function rootMethod(root: MethodOwner | undefined, name: string): Resolved {
  let owner = root;
  let rest = name;
  while (owner) {
    const method = publishedMethod(owner, rest);
    if (method) return { owner, method };
    const dot = rest.indexOf('.');
    owner = dot === -1 ? undefined : namespaceOf(owner, rest.slice(0, dot));
    rest = rest.slice(dot + 1);
  }
  throw new MethodNotFoundError(`Unknown method '${name}'`);
}

function objectMethod(target: object, name: string): Resolved {
  const method =
    referenceOf(target)?.kind === 'object'
      ? forward(target, name)
      : name === '__call__' && typeof target === 'function'
        ? builtin(name, target as Method['fn'])
        : name === '__iter__' && !isHandler(target) && isStream(target)
          ? builtin(name, () => target)
          : isHandler(target)
            ? publishedMethod(target, name)
            : undefined;
  if (!method) throw new MethodNotFoundError(`Unknown method '${name}'`);
  return { owner: target, method };
}

function builtin(name: string, fn: Method['fn']): Method {
  return { name, fn };
}

/**
 * A published method as a function of this side: what a reference to it becomes. The same method of the same object is
 * the same function, and interceptors stand before it as they do before a call from outside.
 */
export function localFunction(connection: Connection, name: string): unknown {
  const { owner, method } = resolve(connection, name);
  if (method.fn === owner) return owner; // an exported function has come home
  let functions = connection.localFunctions.get(owner);
  if (!functions) connection.localFunctions.set(owner, (functions = new WeakMap()));
  let local = functions.get(method.fn);
  if (!local) {
    local = (...args: unknown[]): unknown => {
      const { incoming } = connection.options;
      if (incoming.length === 0) return Reflect.apply(method.fn, owner, args);
      const call = InboundCall.local(connection, name, args);
      return incomingChain(incoming, call, () => Reflect.apply(method.fn, owner, call.args));
    };
    functions.set(method.fn, local);
  }
  return local;
}
