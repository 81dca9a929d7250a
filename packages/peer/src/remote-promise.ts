import { referenceOf } from './imports.js';
import { type CallProxy, type MethodProxy, type NotifyProxy, type PipeProxy, proxiesOf } from './proxies.js';
import type { Request } from './request.js';

/**
 * The promise of a call's result, and (section 9) of the object that it may be: `call`, `method`, `notify` and
 * `pipe` address that object before it is here. Passed as an argument, it stands for the object.
 */
export class RemotePromise<T> extends Promise<T> {
  readonly #request: Request;

  constructor(executor: ConstructorParameters<typeof Promise<T>>[0], request: Request) {
    super(executor);
    this.#request = request;
  }

  /** The request behind a value, if it is such a promise. */
  static requestOf(value: object): Request | undefined {
    return #request in value ? value.#request : undefined;
  }

  get call(): CallProxy<T> {
    return this.#proxies().call as CallProxy<T>;
  }
  get method(): MethodProxy<T> {
    return this.#proxies().method as MethodProxy<T>;
  }
  get notify(): NotifyProxy<T> {
    return this.#proxies().notify as NotifyProxy<T>;
  }
  get pipe(): PipeProxy<T> {
    return this.#proxies().pipe as PipeProxy<T>;
  }

  /** Release the object when it comes, without waiting for it. */
  close(): void {
    const release = (value: unknown): void => referenceOf(value)?.release('it was closed');
    this.then(release, () => {});
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #proxies(): ReturnType<typeof proxiesOf> {
    // Whoever builds on this promise hears of its failure there; left alone, it must not count as unhandled.
    this.then(undefined, () => {});
    return proxiesOf(this.#request.connection, this.#request);
  }
}

// To the language this is a Promise like any other: `await` takes it without the detour for foreign classes, and
// `then` gives plain promises.
Object.defineProperty(RemotePromise.prototype, 'constructor', {
  value: Promise,
  configurable: true,
  writable: true,
});
