import type { Peer } from '../contract/peer.js';
import { isHandler } from './publish.js';

/** Whom a handler belongs to, and how many references to it are out. */
interface Life {
  readonly peer: Peer;
  references: number;
  /** Its clean-up hook has run, and will not run again. */
  isOver: boolean;
}

interface Hooks {
  onOpen?(): void | Promise<void>;
  onClose?(): void;
}

const lives = new WeakMap<object, Life>();

/** The connection that an object has served first. */
export function peerOf(object: object): Peer | undefined {
  return lives.get(object)?.peer;
}

/** One more reference to an object: from a connection that it serves, or that exports it. */
export function acquire(object: object, peer: Peer): void {
  if (!isHandler(object)) return;
  const life = lives.get(object);
  if (life) life.references++;
  else lives.set(object, { peer, references: 1, isOver: false });
}

/** One reference less. The last one cleans up, unless it was never sent: then it is as if it had not been. */
export function relinquish(object: object, wasSent = true): void {
  const life = lives.get(object);
  if (!life || --life.references > 0 || !wasSent || life.isOver) return;
  life.isOver = true;
  (object as Hooks).onClose?.();
}

/** Runs the set-up hook, if there is one. */
export async function open(object: object): Promise<void> {
  if (isHandler(object)) await (object as Hooks).onOpen?.();
}
