import { isObject } from '@bjsonrpc/protocol';

/** What is awaited: it runs what is to be tried again once it has settled. */
interface Awaited {
  whenSettled(again: () => void): void;
}

/** Thrown by an encoding: the value holds the promise of a call whose answer must come first. */
export class Unsettled {
  /** The encoding may be run again once this has settled. */
  readonly #awaited: Awaited;

  constructor(awaited: Awaited) {
    this.#awaited = awaited;
  }

  get awaited(): Awaited {
    return this.#awaited;
  }

  /** Whether that is what was thrown. Anything may be: a Proxy that throws when it is looked at, too. */
  static is(thrown: unknown): thrown is Unsettled {
    return isObject(thrown) && #awaited in thrown;
  }
}
