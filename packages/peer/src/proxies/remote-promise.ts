import type {
  Callable,
  CallProxy,
  MethodProxy,
  NotifyProxy,
  PipeProxy,
  RemotePromise,
} from '../contract/remote-types.js';
import { referenceOf } from '../references/reference.js';
import { Proxies } from './proxies.js';
import type { Awaited } from './route.js';

/** The promise of a call's answer, which knows its call. */
export class AnswerPromise<T> extends Promise<T> implements RemotePromise<T> {
  readonly #awaited: Awaited;

  constructor(executor: ConstructorParameters<typeof Promise<T>>[0], awaited: Awaited) {
    super(executor);
    this.#awaited = awaited;
  }

  /** The call behind a value, if it is such a promise. */
  static awaitedBy(value: object): Awaited | undefined {
    return #awaited in value ? value.#awaited : undefined;
  }

  get call(): CallProxy<T> {
    return this.#proxies().call;
  }
  get method(): MethodProxy<T> {
    return this.#proxies().method;
  }
  get notify(): NotifyProxy<T> {
    return this.#proxies().notify;
  }
  get pipe(): PipeProxy<T> {
    return this.#proxies().pipe;
  }

  close(): void {
    this.then(
      (value) => referenceOf(value)?.release('it was closed'),
      () => {},
    );
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #proxies(): Callable<T> {
    // Whoever builds on this promise hears of its failure there; left alone, it must not count as unhandled.
    this.then(undefined, () => {});
    return new Proxies<T>(this.#awaited.caller, { awaited: this.#awaited });
  }
}

// To the language this is a Promise like any other: `await` takes it without the detour for foreign classes, and
// `then` gives plain promises.
Object.defineProperty(AnswerPromise.prototype, 'constructor', {
  value: Promise,
  configurable: true,
  writable: true,
});
