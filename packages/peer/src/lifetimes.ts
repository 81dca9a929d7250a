import type { Peer } from './peer.js';
import { isHandler } from './publish.js';

/** Whom a handler belongs to, and how many references to it are out. */
interface Life {
  readonly peer: Peer<unknown>;
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
export function peerOf(object: object): Peer<unknown> | undefined {
  return lives.get(object)?.peer;
}

/** One more reference to an object: from a connection that it serves, or that exports it. */
export function acquire(object: object, peer: Peer<unknown>): void {
  if (!isHandler(object)) return;
  let life = lives.get(object);
  if (!life) lives.set(object, (life = { peer, references: 0, isOver: false }));
  life.references++;
}

/** Takes {@link acquire} back, as if it had not been: the reference was never sent. */
export function unacquire(object: object): void {
  const life = lives.get(object);
  if (life) life.references--;
}

/** One reference less. The last one cleans up. */
export function relinquish(object: object): void {
  const life = lives.get(object);
  if (!life || --life.references > 0 || life.isOver) return;
  life.isOver = true;
  (object as Hooks).onClose?.();
}

/** Runs the set-up hook, if there is one. */
export async function open(object: object): Promise<void> {
  if (isHandler(object)) await (object as object as Hooks).onOpen?.();
}
