import type { CallKind } from '../basics/call-kind.js';
import type { CallOptions } from '../basics/call-options.js';
import { type Reference, referenceOf } from '../references/reference.js';

/** Makes one call. What it gives depends on the kind: a promise, a request, nothing, a stream. */
export type Invoke = (route: Route, args: readonly unknown[], options: CallOptions | undefined) => unknown;

/** What makes the calls of one connection; and, compared, the connection's identity. */
export interface Caller {
  invoker(kind: CallKind): Invoke;
  /** Options as calls keep them. @throws TypeError for what is wrong with them */
  checked(options: CallOptions): CallOptions;
}

/** A call whose answer may be an object, which can be addressed before it is here (section 9). */
export interface Awaited {
  readonly id: number;
  readonly caller: Caller;
  readonly hasResponse: boolean;
  /** What it settled with. @throws what it was rejected with; TypeError before it settled */
  readonly outcome: unknown;
  /** What it was rejected with. */
  readonly error: unknown;
  /** Run once it has settled, in the order of asking, in the same turn. */
  whenSettled(callback: () => void): void;
}

/** Whom calls are addressed to, besides the peer itself: an object by its proxy, or what an answer will carry. */
export interface Destination {
  /** Kept alive by the route. */
  readonly proxy?: object;
  readonly awaited?: Awaited;
}

/** One method of one destination: made once, used by every call of it. */
export class Route {
  readonly caller: Caller;
  readonly proxy: object | undefined;
  readonly awaited: Awaited | undefined;
  readonly method: string;
  /** The target as JSON text, where it is known before the call. */
  readonly json: string | undefined;

  constructor(caller: Caller, method: string, { proxy, awaited }: Destination = {}) {
    this.caller = caller;
    this.proxy = proxy;
    this.awaited = awaited;
    this.method = method;
    this.json = awaited ? undefined : JSON.stringify(this.target);
  }

  /** The proxy's reference, where the destination is one. */
  get reference(): Reference | undefined {
    return referenceOf(this.proxy);
  }

  /** The full name, as errors and interceptors tell it. */
  get target(): string {
    const object = this.awaited ? `#${this.awaited.id}` : this.reference?.name;
    return object === undefined ? this.method : `${object}.${this.method}`;
  }
}
