import type { CallOptions } from './call-options.js';
import type { Connection } from './connection.js';
import type { CallProxy, MethodProxy, NotifyProxy, PipeProxy } from './remote-types.js';
import { type Destination, Route } from './route.js';

export type { CallProxy, MethodProxy, NotifyProxy, PipeProxy };

/** The four ways to call. */
export type CallKind = 'call' | 'method' | 'notify' | 'pipe';

/** Programs that make up names as they go must not fill the memory with them. */
const MAX_CACHED_NAMES = 1000;

/** Names that the language itself asks objects for: never remote methods. */
const LOCAL_NAMES: ReadonlySet<string> = new Set(['then', 'toJSON']);

const routes = new WeakMap<object, Route>();

/** The route behind a value, if it is a method of a proxy: such a function travels as a reference to that method. */
export function routeOf(value: object): Route | undefined {
  return routes.get(value);
}

/** The four proxies of one destination. */
export class Proxies<T> {
  readonly #connection: Connection;
  readonly #destination: Destination;
  readonly #options: CallOptions | undefined;
  #call: CallProxy<T> | undefined;
  #method: MethodProxy<T> | undefined;
  #notify: NotifyProxy<T> | undefined;
  #pipe: PipeProxy<T> | undefined;

  constructor(connection: Connection, destination: Destination, options?: CallOptions) {
    this.#connection = connection;
    this.#destination = destination;
    this.#options = options;
  }

  /** Call and get a promise of the result. */
  get call(): CallProxy<T> {
    return (this.#call ??= this.#table('call') as CallProxy<T>);
  }
  /** Call and get a {@link Request}: a handle with an id, whose value may be asked for later. */
  get method(): MethodProxy<T> {
    return (this.#method ??= this.#table('method') as MethodProxy<T>);
  }
  /** Tell, and want no answer. After the connection has closed it does nothing. */
  get notify(): NotifyProxy<T> {
    return (this.#notify ??= this.#table('notify') as NotifyProxy<T>);
  }
  /** Call and get the items of the stream that the method gives. */
  get pipe(): PipeProxy<T> {
    return (this.#pipe ??= this.#table('pipe') as PipeProxy<T>);
  }

  /**
   * An object whose every member is a remote method. The members come from a Proxy behind it and stay as ordinary
   * properties: from the second call on, `peer.call.add` costs what any property costs.
   */
  #table(kind: CallKind): object {
    const table = Object.create(
      new Proxy(Object.create(null) as object, { get: (_, name) => make(name) }),
    ) as object;
    let cached = 0;
    const make = (name: string | symbol): unknown => {
      if (typeof name === 'symbol' || LOCAL_NAMES.has(name)) return undefined;
      const value = this.#remoteMethod(kind, name);
      if (++cached <= MAX_CACHED_NAMES) Object.defineProperty(table, name, { value });
      return value;
    };
    return table;
  }

  #remoteMethod(kind: CallKind, name: string): object {
    const route = new Route(this.#connection, this.#destination, name);
    const { outbound } = this.#connection;
    const invoke = outbound.invoker(kind);
    const options = this.#options;
    const method = (...args: unknown[]): unknown => invoke(route, args, options);
    routes.set(method, route);
    // Only a peer has namespaces: peer.call.math.add
    if (this.#destination === undefined) Object.setPrototypeOf(method, this.#namespace(kind, name));
    return method;
  }

  #namespace(kind: CallKind, prefix: string): object {
    const members = new Map<string, object>();
    return new Proxy(Function.prototype, {
      get: (target, name, receiver) => {
        if (typeof name === 'symbol' || LOCAL_NAMES.has(name) || name in target)
          return Reflect.get(target, name, receiver);
        const member = members.get(name) ?? this.#remoteMethod(kind, `${prefix}.${name}`);
        if (members.size < MAX_CACHED_NAMES) members.set(name, member);
        return member;
      },
    });
  }
}

export function proxiesOf(
  connection: Connection,
  destination: Destination,
  options?: CallOptions,
): Proxies<unknown> {
  return new Proxies(connection, destination, options);
}
