import type { Peer } from './peer.js';
import { isHandler } from './publish.js';

/** Whom each handler belongs to. */
const peers = new WeakMap<object, Peer<unknown>>();
/** How many references to each object are out; -1 when it has been cleaned up. */
const references = new WeakMap<object, number>();

/** The connection that an object has served first. */
export function peerOf(object: object): Peer<unknown> | undefined {
  return peers.get(object);
}

interface Hooks {
  onOpen?(): void | Promise<void>;
  onClose?(): void;
}

/** One more reference to an object: from a connection that it serves, or that exports it. */
export function acquire(object: object, peer: Peer<unknown>): void {
  if (!isHandler(object)) return;
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
  if (isHandler(object)) await (object as object as Hooks).onOpen?.();
}
