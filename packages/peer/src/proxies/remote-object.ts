import type { CallOptions } from '../basics/call-options.js';
import { looksLike } from '../basics/looks.js';
import { identify, originalOf } from '../basics/originals.js';
import type * as contract from '../contract/remote-types.js';
import { type Reference, referenceOf } from '../references/reference.js';
import { Proxies, withOptions } from './proxies.js';
import { type Caller, type Destination, Route } from './route.js';

/** The proxy of an object. */
class RemoteObject<T> extends Proxies<T> implements contract.RemoteObject<T> {
  protected override get destination(): Destination {
    return { proxy: originalOf(this) };
  }

  with(options: CallOptions): contract.Callable<T> {
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
class RemoteIterable<T> extends RemoteObject<unknown> implements contract.RemoteIterable<T> {
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
  close: { value: RemoteObject.prototype.close },
  retain: { value: RemoteObject.prototype.retain },
  onBroken: { value: RemoteObject.prototype.onBroken },
  [Symbol.dispose]: { value: RemoteObject.prototype.close },
}) as object;

const described = (tag: string) => (proxy: object) => `${tag} ${referenceOf(proxy)?.name}`;
looksLike(RemoteObject.prototype, 'RemoteObject', described('RemoteObject'));
looksLike(RemoteIterable.prototype, 'RemoteIterable', described('RemoteIterable'));
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
        ? new RemoteIterable(caller)
        : new RemoteObject(caller);
  identify(proxy, name);
  return proxy;
}

function own(proxy: object): Reference {
  const reference = referenceOf(proxy);
  if (!reference) throw new TypeError('not a proxy of this library');
  return reference;
}
