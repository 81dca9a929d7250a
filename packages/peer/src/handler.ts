import { runningCall } from './call-context.js';
import type { Peer } from './peer.js';

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
export abstract class Handler<Remote = unknown> {
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
   * The other side: of the call that is running, or else of the connection that this handler serves first.
   *
   * @throws TypeError before the handler has a connection
   */
  get peer(): Peer<Remote> {
    const running = runningCall();
    const peer = running?.handler === this ? running.peer : peers.get(this);
    if (!peer) throw new TypeError(`${this.constructor.name} has no connection yet`);
    return peer as Peer<Remote>;
  }
}

/** Whom each handler belongs to. */
const peers = new WeakMap<object, Peer<unknown>>();
/** How many references to each object are out; -1 when it has been cleaned up. */
const references = new WeakMap<object, number>();

interface Hooks {
  onOpen?(): void | Promise<void>;
  onClose?(): void;
}

/** One more reference to an object: from a connection that it serves, or that exports it. */
export function acquire(object: object, peer: Peer<unknown>): void {
  if (!(object instanceof Handler)) return;
  if (!peers.has(object)) peers.set(object, peer);
  const count = references.get(object) ?? 0;
  if (count >= 0) references.set(object, count + 1);
}

/** Takes {@link acquire} back, as if it had not been: the reference was never sent. */
export function unacquire(object: object): void {
  const count = references.get(object);
  if (count !== undefined && count > 0) references.set(object, count - 1);
}

/** One reference less. The last one cleans up. */
export function relinquish(object: object): void {
  const count = references.get(object);
  if (count === undefined || count < 0) return;
  references.set(object, count === 1 ? -1 : count - 1);
  if (count === 1) (object as Hooks).onClose?.();
}

/** Runs the set-up hook, if there is one. */
export async function open(object: object): Promise<void> {
  if (object instanceof Handler) await (object as object as Hooks).onOpen?.();
}
