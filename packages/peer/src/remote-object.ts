import type { CallOptions } from './call-options.js';
import type { Connection } from './connection.js';
import { type Reference, referenceOf } from './imports.js';
import { type CallProxy, type MethodProxy, type NotifyProxy, type PipeProxy, Proxies } from './proxies.js';
import { RemoteStream } from './remote-stream.js';
import { Route } from './route.js';

/** What every proxy can do, be it of an object, a function or an iterable. */
export interface RemoteReference extends Disposable {
  /** Let go of it: the owner may forget it. Idempotent. Calls still on their way are not disturbed. */
  close(): void;
  /** Keep it after the call that brought it as an argument. Results need no such thing. */
  retain(): this;
  /** Call once when the connection ends while it is held. Dispose of what is returned to be spared that. */
  onBroken(callback: (error: Error) => void): Disposable;
}

/**
 * An object that the other side holds, and that is called there. The same object is the same proxy while it is held.
 *
 * @typeParam T the object's own type, on its side
 */
export class RemoteObject<T> implements RemoteReference {
  readonly #proxies: Proxies<T>;

  constructor(connection: Connection) {
    this.#proxies = new Proxies<T>(connection, this);
  }

  get call(): CallProxy<T> {
    return this.#proxies.call;
  }
  get method(): MethodProxy<T> {
    return this.#proxies.method;
  }
  get notify(): NotifyProxy<T> {
    return this.#proxies.notify;
  }
  get pipe(): PipeProxy<T> {
    return this.#proxies.pipe;
  }

  /** The same four, with a timeout, a deadline or an abort signal. */
  with(options: CallOptions): Proxies<T> {
    return new Proxies<T>(own(this).connection, this, options);
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

/** A function that the other side holds. Calling it calls it there. */
export type RemoteFunction<Call> = Call & RemoteReference & { readonly notify: (...args: unknown[]) => void };

/** What a remote function has besides being callable. */
const functionMembers = Object.create(Function.prototype, {
  close: { value: RemoteObject.prototype.close },
  retain: { value: RemoteObject.prototype.retain },
  onBroken: { value: RemoteObject.prototype.onBroken },
  [Symbol.dispose]: { value: RemoteObject.prototype.close },
  notify: {
    value(this: object, ...args: unknown[]): void {
      const { connection } = own(this);
      connection.outbound.invoker('notify')(new Route(connection, this, '__call__'), args, undefined);
    },
  },
}) as object;

function remoteFunction(connection: Connection): object {
  let route: Route | undefined;
  const proxy = (...args: unknown[]): unknown => {
    route ??= new Route(connection, proxy, '__call__');
    return connection.outbound.invoker('call')(route, args, undefined);
  };
  return Object.setPrototypeOf(proxy, functionMembers) as object;
}

/** An async iterable of the other side. It is let go of when an iteration ends. */
export class RemoteIterable<T> extends RemoteObject<unknown> implements AsyncIterable<T> {
  [Symbol.asyncIterator](): AsyncIterator<T> {
    const reference = own(this);
    const { connection } = reference;
    const items = connection.outbound.invoker('pipe')(new Route(connection, this, '__iter__'), [], undefined);
    if (items instanceof RemoteStream) items.whenOver(() => reference.release('it was iterated to its end'));
    return items as AsyncIterator<T>;
  }
}

/** The proxy for a name that has come. */
export function makeProxy({ connection, kind }: Reference): object {
  if (kind === 'function') return remoteFunction(connection);
  return kind === 'iterable' ? new RemoteIterable(connection) : new RemoteObject(connection);
}

function own(proxy: object): Reference {
  const reference = referenceOf(proxy);
  if (!reference) throw new TypeError('not a proxy of this library');
  return reference;
}
