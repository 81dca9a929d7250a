import { type Dialect, MethodNotFoundError } from '@bjsonrpc/protocol';
import { isStream } from '../basics/streams.js';
import {
  isHandler,
  type Method,
  type MethodOwner,
  namespaceOf,
  publishedMethod,
} from '../publishing/publish.js';
import { referenceOf } from '../references/reference.js';
import { forward } from './forward.js';

/** What a name addresses: a method, and the object it is called on. */
export interface Resolved {
  readonly owner: MethodOwner;
  readonly method: Method;
}

/** What names are resolved with. */
export interface ResolverParts {
  /** What this side publishes; undefined: nothing. */
  readonly handler: MethodOwner | undefined;
  readonly dialect: Pick<Dialect, 'ping' | 'progress'>;
  /** What the other side holds, by name. */
  readonly exports: {
    get(name: string): object | undefined;
    /** @throws UnknownObjectError, DependencyFailedError */
    target(name: string): object;
  };
  /** Runs a method of this side that a reference of the other has led to. */
  callLocally(name: string, resolved: Resolved, args: readonly unknown[]): unknown;
}

/** Decides what a name of this side means: for calls, for references to methods, and for callbacks alike. */
export class Resolver {
  readonly #parts: ResolverParts;
  /** Methods of the handler that have been called before. */
  readonly #known = new Map<string, Resolved>();
  /** What references to methods have become, by object and method. */
  readonly #functions = new WeakMap<object, WeakMap<object, (...args: unknown[]) => unknown>>();

  constructor(parts: ResolverParts) {
    this.#parts = parts;
  }

  /**
   * What a target names (section 2): an object's method, or else a published one with the whole dotted name; for a caller to whom
   * objects mean nothing (`takesHints` false), just that.
   *
   * @throws MethodNotFoundError, UnknownObjectError
   */
  resolve(name: string, takesHints = true): Resolved {
    const known = this.#known.get(name);
    if (known) return known;
    const { handler, exports } = this.#parts;
    const dot = name.indexOf('.');
    const object = takesHints ? name.slice(0, Math.max(0, dot)) : '';
    const target = object && exports.get(object);
    if (target) return objectMethod(target, name.slice(dot + 1));
    if (object && /^#|_[0-9a-f]{4,}$/.test(object)) exports.target(object); // throws, and names the object
    const resolved = rootMethod(handler, name) ?? takenAnyway(name, this.#parts.dialect);
    if (!resolved)
      throw takesHints ? unknownMethod(name, handler) : new MethodNotFoundError('Method not found');
    // What a class publishes does not change; members of objects and Maps may come and go.
    if (dot === -1 && resolved.owner === handler && isHandler(handler)) this.#known.set(name, resolved);
    return resolved;
  }

  /**
   * A published method as a function of this side: what a reference to it becomes. The same method of the same object is
   * the same function, and interceptors stand before it as they do before a call from outside.
   */
  localFunction(name: string): unknown {
    const resolved = this.resolve(name);
    const { owner, method } = resolved;
    if (method.fn === owner) return owner; // an exported function has come home
    let functions = this.#functions.get(owner);
    if (!functions) this.#functions.set(owner, (functions = new WeakMap()));
    let local = functions.get(method.fn);
    if (!local) {
      local = (...args) => this.#parts.callLocally(name, resolved, args);
      functions.set(method.fn, local);
    }
    return local;
  }
}

function rootMethod(root: MethodOwner | undefined, name: string): Resolved | undefined {
  let owner = root;
  let rest = name;
  while (owner) {
    const method = publishedMethod(owner, rest);
    if (method) return { owner, method };
    const dot = rest.indexOf('.');
    owner = dot === -1 ? undefined : namespaceOf(owner, rest.slice(0, dot));
    rest = rest.slice(dot + 1);
  }
  return undefined;
}

/** A method of an object that the other side holds. */
function objectMethod(target: object, name: string): Resolved {
  let method: Method | undefined;
  if (referenceOf(target)?.kind === 'object') method = forward(target, name);
  else if (name === '__call__' && typeof target === 'function') method = { name, fn: target as Method['fn'] };
  else if (isHandler(target)) method = publishedMethod(target, name);
  else if (name === '__iter__' && isStream(target)) method = { name, fn: () => target };
  if (!method) throw unknownMethod(name);
  return { owner: target, method };
}

/** What a dialect has everybody take, be it published or not: pings, and progress for which nobody waits any more. */
function takenAnyway(name: string, { ping, progress }: ResolverParts['dialect']): Resolved | undefined {
  return name === ping || name === progress?.method ? NOTHING_TO_DO : undefined;
}

const NOTHING_TO_DO: Resolved = { owner: {}, method: { name: '', fn: () => undefined } };

/** A function in a field is most likely meant to be a method, and looks like one in the contract. */
function unknownMethod(name: string, owner?: object): MethodNotFoundError {
  const field: unknown = isHandler(owner) && Object.getOwnPropertyDescriptor(owner, name)?.value;
  const isMeant = typeof field === 'function' && /^[a-z]/.test(name);
  return new MethodNotFoundError(
    `Unknown method '${name}'${isMeant ? ': a field is not published, only methods are' : ''}`,
  );
}
