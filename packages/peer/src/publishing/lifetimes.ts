import { shared } from '../basics/shared.js';
import type { Peer } from '../contract/peer.js';
import { isHandler } from './publish.js';

/** Whom a handler belongs to, and how many references to it are out. */
interface Life {
  /** The connection that it has served first of those that it serves now; when it serves none, the last one. */
  peer: Peer;
  references: number;
  /** References of other connections: few objects serve several. */
  others: Map<Peer, number> | undefined;
  /** It has served several at a time: calls of one that has ended may still run, and must not take another for theirs. */
  isShared: boolean;
  /** Its clean-up hook has run, and will not run again. */
  isOver: boolean;
}

interface Hooks {
  onOpen?(): void | Promise<void>;
  onClose?(): void;
}

const lives = shared('lives.1', () => new WeakMap<object, Life>());

/**
 * The connection that an object serves: the one of the running call, if it serves that, or its only one.
 *
 * @throws TypeError where it serves none yet, or several and none of them is the running call's
 */
export function peerOf(object: object, current: Peer | undefined): Peer {
  const life = lives.get(object);
  if (current && (!life || life.peer === current || life.others?.has(current))) return current;
  const name = object.constructor.name;
  if (!life) throw new TypeError(`${name} has no connection yet`);
  if (!life.isShared) return life.peer;
  const why = `${name} serves several connections, or did: which one is meant is known in a running call alone`;
  throw new TypeError(`${why}. Keep currentCall().peer before the first await`);
}

/** One more reference to an object: from a connection that it serves, or that exports it. */
export function acquire(object: object, peer: Peer): void {
  if (!isHandler(object)) return;
  const life = lives.get(object);
  if (!life) lives.set(object, { peer, references: 1, others: undefined, isShared: false, isOver: false });
  else if (life.references === 0 || life.peer === peer) {
    life.peer = peer;
    life.references++;
  } else {
    life.isShared = true;
    life.others ??= new Map();
    life.others.set(peer, (life.others.get(peer) ?? 0) + 1);
  }
}

/** One reference less. The last one cleans up, unless it was never sent: then it is as if it had not been. */
export function relinquish(object: object, peer: Peer, wasSent = true): void {
  const life = lives.get(object);
  if (!life) return;
  if (life.peer === peer) {
    if (--life.references === 0) promote(life);
  } else subtract(life, peer);
  if (life.references > 0 || !wasSent || life.isOver) return;
  life.isOver = true;
  (object as Hooks).onClose?.();
}

/** Runs the set-up hook, if there is one. */
export async function open(object: object): Promise<void> {
  if (isHandler(object)) await (object as Hooks).onOpen?.();
}

/** The connection that it served first has let go: the next one takes its place. */
function promote(life: Life): void {
  for (const [peer, references] of life.others ?? []) {
    life.peer = peer;
    life.references = references;
    forget(life, peer);
    return;
  }
}

function subtract(life: Life, peer: Peer): void {
  const left = (life.others?.get(peer) ?? 0) - 1;
  if (left > 0) life.others?.set(peer, left);
  else forget(life, peer);
}

function forget(life: Life, peer: Peer): void {
  life.others?.delete(peer);
  if (life.others?.size === 0) life.others = undefined;
}
