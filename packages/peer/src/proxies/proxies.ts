import type { CallKind } from '../basics/call-kind.js';
import type { CallOptions } from '../basics/call-options.js';
import { isLocalName, lookOf, looksLike, seemsToHave } from '../basics/looks.js';
import { identify, originalOf } from '../basics/originals.js';
import type { Callable, CallProxy, MethodProxy, NotifyProxy, PipeProxy } from '../contract/remote-types.js';
import { referenceOf } from '../references/reference.js';
import { type Caller, type Destination, Route } from './route.js';

/** Programs that make up names as they go must not fill the memory with them. */
const MAX_CACHED_NAMES = 1000;

const routes = new WeakMap<object, Route>();

/** The route behind a value, if it is a method of a proxy: such a function travels as a reference to that method. */
export function routeOf(value: object): Route | undefined {
  return routes.get(value);
}

/** The four proxies of one destination; those of the peer itself, unless {@link Proxies.destination} says otherwise. */
export class Proxies<T> implements Callable<T> {
  readonly #caller: Caller;
  readonly #destination: Destination | undefined;
  readonly #options: CallOptions | undefined;
  #call: object | undefined;
  #method: object | undefined;
  #notify: object | undefined;
  #pipe: object | undefined;

  constructor(caller: Caller, destination?: Destination, options?: CallOptions) {
    this.#caller = caller;
    this.#destination = destination;
    this.#options = options;
  }

  protected get caller(): Caller {
    return Proxies.#self(this).#caller;
  }
  protected get destination(): Destination | undefined {
    return this.#destination;
  }

  get call(): CallProxy<T> {
    const self = Proxies.#self(this);
    return (self.#call ??= self.#table('call')) as CallProxy<T>;
  }
  get method(): MethodProxy<T> {
    const self = Proxies.#self(this);
    return (self.#method ??= self.#table('method')) as MethodProxy<T>;
  }
  get notify(): NotifyProxy<T> {
    const self = Proxies.#self(this);
    return (self.#notify ??= self.#table('notify')) as NotifyProxy<T>;
  }
  get pipe(): PipeProxy<T> {
    const self = Proxies.#self(this);
    return (self.#pipe ??= self.#table('pipe')) as PipeProxy<T>;
  }

  /** The proxies themselves, where a Proxy of the program stands before them. */
  static #self<T>(proxies: Proxies<T>): Proxies<T> {
    return #caller in proxies ? proxies : originalOf(proxies);
  }

  /**
   * An object whose every member is a remote method. The members come from a Proxy behind it and stay as ordinary
   * properties: from the second call on, `peer.call.add` costs what any property costs, and a test may put a double in
   * its place.
   */
  #table(kind: CallKind): object {
    let cached = 0;
    const make = (name: string | symbol): unknown => {
      if (typeof name === 'symbol') return lookOf(name, `[${kind}: the methods of ${this.#name}]`);
      if (isLocalName(name)) return undefined;
      const value = this.#remoteMethod(kind, name, table);
      if (++cached <= MAX_CACHED_NAMES)
        Object.defineProperty(table, name, { value, configurable: true, writable: true });
      return value;
    };
    const behind = new Proxy(Object.create(null) as object, {
      get: (_, name) => make(name),
      has: (_, name) => seemsToHave(name),
    });
    const table = Object.create(behind) as object;
    return table;
  }

  /** `holder` is what the method is a member of: what it is called on, and what spies call it on. */
  #remoteMethod(kind: CallKind, name: string, holder: object): object {
    const route = new Route(this.#caller, name, this.destination);
    const invoke = this.#caller.invoker(kind);
    const options = this.#options;
    const method = (...args: unknown[]): unknown => invoke(route, args, options);
    routes.set(method, route);
    // Only a peer has namespaces: peer.call.math.add
    if (!this.destination) this.#becomeNamespace(method, { kind, prefix: name, holder });
    return method;
  }

  /** A function's own members, and those of every function, give way: a remote method may have any name. */
  #becomeNamespace(
    method: (...args: unknown[]) => unknown,
    { kind, prefix, holder }: { kind: CallKind; prefix: string; holder: object },
  ): void {
    Reflect.deleteProperty(method, 'name');
    Reflect.deleteProperty(method, 'length');
    const members = new Map<string, object>();
    const behind = new Proxy(Function.prototype, {
      get: (target, name, receiver) => {
        if (typeof name === 'symbol')
          return lookOf(name, `[the remote method ${prefix}]`) ?? Reflect.get(target, name, receiver);
        if (isLocalName(name)) return undefined;
        const member = members.get(name) ?? this.#member(method, { kind, prefix, holder, name });
        if (members.size < MAX_CACHED_NAMES) members.set(name, member);
        return member;
      },
      // A double takes the place of a method, whatever functions have under that name.
      set: (_, name, value, receiver: object) =>
        Reflect.defineProperty(receiver, name, { value, configurable: true, writable: true }),
      has: (_, name) => seemsToHave(name),
    });
    Object.setPrototypeOf(method, behind);
  }

  /** A spy in a method's place calls `method.apply(holder, args)`: that is the language's, all else a remote method. */
  #member(
    method: (...args: unknown[]) => unknown,
    { kind, prefix, holder, name }: { kind: CallKind; prefix: string; holder: object; name: string },
  ): object {
    const member = this.#remoteMethod(kind, `${prefix}.${name}`, method) as typeof method;
    if (name !== 'apply' && name !== 'call' && name !== 'bind') return member;
    const spied = new Proxy(member, {
      apply: (_, self, args: unknown[]) =>
        args[0] === holder
          ? Reflect.apply(Function.prototype[name], method, args)
          : Reflect.apply(member, self, args),
    });
    routes.set(spied, routes.get(member) as Route);
    return spied;
  }

  get #name(): string {
    const { proxy, awaited } = this.destination ?? {};
    return awaited ? `the answer to request ${awaited.id}` : (referenceOf(proxy)?.name ?? 'the other side');
  }
}

looksLike(Proxies.prototype, 'RemoteMethods', () => '[the methods of the other side, with options]');

/** The proxies of a destination whose calls are all made with these options. @throws TypeError for what is wrong with them */
export function withOptions<T>(caller: Caller, options: CallOptions, destination?: Destination): Callable<T> {
  const proxies = new Proxies<T>(caller, destination, caller.checked(options));
  identify(proxies, 'with');
  return proxies;
}
