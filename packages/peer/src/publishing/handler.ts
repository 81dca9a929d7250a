import { published } from '../basics/brands.js';
import type { Peer } from '../contract/peer.js';
import { runningCall } from './call-context.js';
import { methodsOf } from './class-methods.js';
import { peerOf } from './lifetimes.js';
import type { Published } from './publish.js';

/** Tells, for each class, what its instances publish. */
const Publishing: abstract new () => Published = class {
  get [published](): Published[typeof published] {
    return methodsOf(Object.getPrototypeOf(this) as object);
  }
};

/**
 * The base of classes whose methods the other side may call, and whose instances travel by reference.
 *
 * Published are the methods of the class and of the classes it extends, up to Handler itself, whose names begin
 * with a lower-case letter and go on in letters, digits and underscores; never accessors, fields, static members
 * or symbols. TypeScript's `private` and `protected` are gone when the program runs: a method so marked is
 * published. Use `#name` for what is private, or list what is public (`published`) or is not (`nonPublic`).
 *
 * @typeParam Remote what the other side publishes: the type of `this.peer`
 */
export abstract class Handler<Remote = unknown> extends Publishing {
  /** If given, exactly these methods are published. */
  static readonly published?: readonly string[];
  /** Methods that are not published, in addition to the hooks. Inherited ones count too. */
  static readonly nonPublic?: readonly string[];
  /** Names of the methods' parameters, so that keyword arguments find their places. */
  static readonly parameters?: { readonly [method: string]: readonly string[] };
  /** A sentence or two about each method, for whoever asks the peer to describe itself. */
  static readonly docs?: { readonly [method: string]: string };

  /** Called when the connection that this handler serves opens. If it throws, the connection is closed. */
  protected onOpen?(): void | Promise<void>;
  /** Called exactly once: when the last reference to this object is released, or its connection ends. */
  protected onClose?(): void;

  /**
   * The other side: of the call that is running, or else of the connection that this handler serves.
   *
   * @throws TypeError before the handler has a connection; outside of a running call where it serves several: there,
   *   keep `currentCall().peer`
   */
  get peer(): Peer<Remote> {
    return peerOf(this, runningCall()?.peer) as Peer<Remote>;
  }
}
