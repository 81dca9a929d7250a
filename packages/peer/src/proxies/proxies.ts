import type { CallKind } from '../basics/call-kind.js';
import type { CallOptions } from '../basics/call-options.js';
import type { Callable, CallProxy, MethodProxy, NotifyProxy, PipeProxy } from '../contract/remote-types.js';
import { type Caller, type Destination, Route } from './route.js';

/** Programs that make up names as they go must not fill the memory with them. */
const MAX_CACHED_NAMES = 1000;

/** Whether the language itself asks objects for such a name: never that of a remote method. */
function isLocal(name: string | symbol): name is symbol {
  return typeof name === 'symbol' || name === 'then' || name === 'toJSON';
}

const routes = new WeakMap<object, Route>();

/** The route behind a value, if it is a method of a proxy: such a function travels as a reference to that method. */
export function routeOf(value: object): Route | undefined {
  return routes.get(value);
}

/** The four proxies of one destination; those of the peer itself, unless {@link destination} says otherwise. */
export class Proxies<T> implements Callable<T> {
  readonly #caller: Caller;
  readonly #destination: Destination | undefined;
  readonly #options: CallOptions | undefined;
  #call: CallProxy<T> | undefined;
  #method: MethodProxy<T> | undefined;
  #notify: NotifyProxy<T> | undefined;
  #pipe: PipeProxy<T> | undefined;

  constructor(caller: Caller, destination?: Destination, options?: CallOptions) {
    this.#caller = caller;
    this.#destination = destination;
    this.#options = options;
  }

  protected get caller(): Caller {
    return this.#caller;
  }
  protected get destination(): Destination | undefined {
    return this.#destination;
  }

  get call(): CallProxy<T> {
    return (this.#call ??= this.#table('call') as CallProxy<T>);
  }
  get method(): MethodProxy<T> {
    return (this.#method ??= this.#table('method') as MethodProxy<T>);
  }
  get notify(): NotifyProxy<T> {
    return (this.#notify ??= this.#table('notify') as NotifyProxy<T>);
  }
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
      if (isLocal(name)) return undefined;
      const value = this.#remoteMethod(kind, name);
      if (++cached <= MAX_CACHED_NAMES) Object.defineProperty(table, name, { value });
      return value;
    };
    return table;
  }

  #remoteMethod(kind: CallKind, name: string): object {
    const route = new Route(this.#caller, name, this.destination);
    const invoke = this.#caller.invoker(kind);
    const options = this.#options;
    const method = (...args: unknown[]): unknown => invoke(route, args, options);
    routes.set(method, route);
    // Only a peer has namespaces: peer.call.math.add
    if (!this.destination) Object.setPrototypeOf(method, this.#namespace(kind, name));
    return method;
  }

  #namespace(kind: CallKind, prefix: string): object {
    const members = new Map<string, object>();
    return new Proxy(Function.prototype, {
      get: (target, name, receiver) => {
        if (isLocal(name) || name in target) return Reflect.get(target, name, receiver);
        const member = members.get(name) ?? this.#remoteMethod(kind, `${prefix}.${name}`);
        if (members.size < MAX_CACHED_NAMES) members.set(name, member);
        return member;
      },
    });
  }
}
