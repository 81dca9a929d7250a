import { shared } from '../basics/shared.js';
import type { Peer } from '../contract/peer.js';
import { isHandler } from './publish.js';

/** Whom a handler belongs to, and how many references to it are out. */
interface Life {
  /** The connection that it serves, or served last; of one that has several, the one that came last. */
  peer: Peer;
  /** Of all connections together. */
  references: number;
  /**
   * Those of each connection, from when on it serves several at a time (few do): calls of one that has ended may still run, and must
   * not take another for theirs.
   */
  byPeer: Map<Peer, number> | undefined;
  /** Its clean-up hook has run, and will not run again. */
  isOver: boolean;
}

interface Hooks {
  onOpen?(): void | Promise<void>;
  onClose?(): void;
}

const lives = shared('lives.2', () => new WeakMap<object, Life>());

/**
 * The connection that an object serves: the one of the running call, if it serves that, or its only one.
 *
 * @throws TypeError where it serves none yet, or several and none of them is the running call's
 */
export function peerOf(object: object, current: Peer | undefined): Peer {
  const life = lives.get(object);
  if (current && (!life || serves(life, current))) return current;
  const name = object.constructor.name;
  if (!life) throw new TypeError(`${name} has no connection yet`);
  if (!life.byPeer) return life.peer;
  const why = `${name} serves several connections, or did: which one is meant is known in a running call alone`;
  throw new TypeError(`${why}. Keep currentCall().peer before the first await`);
}

function serves({ byPeer, peer }: Life, current: Peer): boolean {
  return byPeer && byPeer.size > 0 ? byPeer.has(current) : peer === current;
}

/** One more reference to an object: from a connection that it serves, or that exports it. */
export function acquire(object: object, peer: Peer): void {
  if (!isHandler(object)) return;
  const life = lives.get(object);
  if (!life) return void lives.set(object, { peer, references: 1, byPeer: undefined, isOver: false });
  if (!life.byPeer && life.references > 0 && life.peer !== peer)
    life.byPeer = new Map([[life.peer, life.references]]);
  life.byPeer?.set(peer, (life.byPeer.get(peer) ?? 0) + 1);
  life.peer = peer;
  life.references++;
}

/** One reference less. The last one cleans up, unless it was never sent: then it is as if it had not been. */
export function relinquish(object: object, peer: Peer, wasSent = true): void {
  const life = lives.get(object);
  if (!life) return;
  const { byPeer } = life;
  const left = (byPeer?.get(peer) ?? 0) - 1;
  if (left > 0) byPeer?.set(peer, left);
  else byPeer?.delete(peer);
  if (--life.references === 0) life.peer = peer;
  if (life.references > 0 || !wasSent || life.isOver) return;
  life.isOver = true;
  (object as Hooks).onClose?.();
}

/** Runs the set-up hook, if there is one. */
export async function open(object: object): Promise<void> {
  if (isHandler(object)) await (object as Hooks).onOpen?.();
}
