import type { ReferenceKind } from '@bjsonrpc/protocol';
import type { CallOptions } from '../call-options.js';
import type { CallKind } from '../proxies.js';
import type { Link } from './link.js';
import { type Reference, referenceOf } from './references.js';
import type { Request } from './requests.js';

/** Whom calls are addressed to: the peer itself, or an object of its, by its proxy or the request that asks for it. */
export interface Destination {
  readonly link: Link;
  readonly object?: object | undefined;
  readonly request?: Request | undefined;
  readonly options?: CallOptions | undefined;
  /** The four tables of remote methods, made when they are first asked for. */
  readonly tables: { [kind in CallKind]?: object };
}

/** One method of a destination. */
export interface Route extends Omit<Destination, 'tables'> {
  readonly method: string;
}

/** Programs that make up names as they go must not fill the memory with them. */
const MAX_CACHED_NAMES = 1000;

const destinations = new WeakMap<object, Destination>();
const routes = new WeakMap<object, Route>();

/** The route behind a value, if it is a remote method: such a function travels as a reference to that method. */
export function routeOf(value: object): Route | undefined {
  return routes.get(value);
}

/** The request behind a value, if it is the promise of its result. */
export function requestOf(value: object): Request | undefined {
  return destinations.get(value)?.request;
}

/** Every proxy has one. */
const own = referenceOf as (proxy: object) => Reference;

/** What has `call`, `method`, `notify` and `pipe`, which lead to a destination. */
export class Calls {
  constructor(link: Link, rest?: Partial<Destination>) {
    destinations.set(this, { link, tables: {}, ...rest });
  }
}

/** An object that the other side holds. */
export class RemoteObject extends Calls {
  constructor(link: Link) {
    super(link);
    destinations.set(this, { link, object: this, tables: {} });
  }
  with(options: CallOptions): Calls {
    return new Calls(own(this).link, { object: this, options });
  }
  close(): void {
    own(this).release('it was closed');
  }
  retain(): this {
    own(this).retain();
    return this;
  }
  onBroken(callback: (error: Error) => void): Disposable {
    return own(this).onBroken(callback);
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

/** An async iterable of the other side. It is let go of when an iteration ends. */
export class RemoteIterable extends RemoteObject {
  [Symbol.asyncIterator](): AsyncGenerator<unknown, unknown> {
    return invokeOn(this, 'pipe', '__iter__', []) as AsyncGenerator<unknown, unknown>;
  }
}

/** The promise of a call's result, by which the object that it may be can be addressed before it is here (section 9). */
export class RemotePromise<T> extends Promise<T> {
  /** `then` gives plain promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }
  constructor(executor: ConstructorParameters<typeof Promise<T>>[0], request: Request) {
    super(executor);
    destinations.set(this, { link: request.link, request, tables: {} });
  }
  /** Release the object when it comes, without waiting for it. */
  close(): void {
    const release = (value: unknown): void => referenceOf(value)?.release('it was closed');
    this.then(release, () => {});
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

for (const { prototype } of [Calls, RemotePromise]) {
  for (const kind of ['call', 'method', 'notify', 'pipe'] as const) {
    Object.defineProperty(prototype, kind, {
      get(this: object) {
        const destination = destinations.get(this) as Destination;
        // Whoever builds on a promise hears of its failure there; left alone, it must not count as unhandled.
        if (destination.request) (this as Promise<unknown>).then(undefined, () => {});
        return (destination.tables[kind] ??= table(destination, kind, Object.create(null) as object, ''));
      },
    });
  }
}

/** An object whose every member is a remote method; those of the peer itself have members in turn: `call.math.add`. */
function table(destination: Destination, kind: CallKind, base: object, prefix: string): object {
  const methods = new Map<string, object>();
  return new Proxy(base, {
    get(target, name, receiver) {
      // What the language asks objects for is never a remote method.
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON' || name in target)
        return Reflect.get(target, name, receiver) as unknown;
      let method = methods.get(name);
      if (!method) {
        method = remoteMethod(destination, kind, prefix + name);
        if (methods.size < MAX_CACHED_NAMES) methods.set(name, method);
      }
      return method;
    },
  });
}

function remoteMethod(destination: Destination, kind: CallKind, name: string): object {
  const { link, object, request, options } = destination;
  const route = { link, object, request, method: name };
  const method = (...args: unknown[]): unknown => link.invoke(kind, route, args, options);
  routes.set(method, route);
  if (!object && !request)
    Object.setPrototypeOf(method, table(destination, kind, Function.prototype, `${name}.`));
  return method;
}

/** What a remote function has besides being callable. */
const functionMembers = Object.create(Function.prototype, {
  ...Object.getOwnPropertyDescriptors(RemoteObject.prototype),
  notify: {
    value(this: object, ...args: unknown[]): void {
      invokeOn(this, 'notify', '__call__', args);
    },
  },
}) as object;

/** The proxy for a name that has come. */
export function makeProxy(link: Link, kind: ReferenceKind): object {
  if (kind === 'iterable') return new RemoteIterable(link);
  if (kind === 'object') return new RemoteObject(link);
  const proxy = (...args: unknown[]): unknown => invokeOn(proxy, 'call', '__call__', args);
  return Object.setPrototypeOf(proxy, functionMembers) as object;
}

function invokeOn(object: object, kind: CallKind, method: string, args: readonly unknown[]): unknown {
  const { link } = own(object);
  return link.invoke(kind, { link, object, method }, args);
}
