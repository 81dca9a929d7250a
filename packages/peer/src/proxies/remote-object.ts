import type { CallOptions } from '../basics/call-options.js';
import { looksLike } from '../basics/looks.js';
import { identify, originalOf } from '../basics/originals.js';
import type { Callable, RemoteIterable, RemoteObject } from '../contract/remote-types.js';
import { type Reference, referenceOf } from '../references/reference.js';
import { Proxies, withOptions } from './proxies.js';
import { type Caller, type Destination, Route } from './route.js';

/** The proxy of an object. */
class ObjectProxy<T> extends Proxies<T> implements RemoteObject<T> {
  protected override get destination(): Destination {
    return { proxy: originalOf(this) };
  }

  with(options: CallOptions): Callable<T> {
    const { caller, destination } = originalOf(this);
    return withOptions<T>(caller, options, destination);
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

/** The proxy of a stream. */
class IterableProxy<T> extends ObjectProxy<unknown> implements RemoteIterable<T> {
  [Symbol.asyncIterator](): AsyncIterator<T> {
    const { caller, destination } = originalOf(this);
    return caller.invoker('pipe')(
      new Route(caller, '__iter__', destination),
      [],
      undefined,
    ) as AsyncIterator<T>;
  }
}

/** What the proxy of a function has besides being callable. */
const functionMembers = Object.create(Function.prototype, {
  close: { value: ObjectProxy.prototype.close },
  retain: { value: ObjectProxy.prototype.retain },
  onBroken: { value: ObjectProxy.prototype.onBroken },
  [Symbol.dispose]: { value: ObjectProxy.prototype.close },
}) as object;

const described = (tag: string) => (proxy: object) => `${tag} ${referenceOf(proxy)?.name}`;
looksLike(ObjectProxy.prototype, 'RemoteObject', described('RemoteObject'));
looksLike(IterableProxy.prototype, 'RemoteIterable', described('RemoteIterable'));
looksLike(functionMembers, 'RemoteFunction', described('RemoteFunction'));

function functionProxy(caller: Caller): object {
  let route: Route | undefined;
  const calling =
    (kind: 'call' | 'notify') =>
    (...args: unknown[]): unknown =>
      caller.invoker(kind)((route ??= new Route(caller, '__call__', { proxy })), args, undefined);
  const proxy: object = Object.setPrototypeOf(calling('call'), functionMembers) as object;
  return Object.defineProperty(proxy, 'notify', {
    value: calling('notify'),
    configurable: true,
    writable: true,
  });
}

/** The proxy for a name that has come. */
export function makeProxy(caller: Caller, { kind, name }: Pick<Reference, 'kind' | 'name'>): object {
  const proxy =
    kind === 'function'
      ? functionProxy(caller)
      : kind === 'iterable'
        ? new IterableProxy(caller)
        : new ObjectProxy(caller);
  identify(proxy, name);
  return proxy;
}

function own(proxy: object): Reference {
  const reference = referenceOf(proxy);
  if (!reference) throw new TypeError('not a proxy of this library');
  return reference;
}
