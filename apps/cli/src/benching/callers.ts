import { remoteMethod } from '../connection/remote-method.js';
import type { Session } from '../connection/session.js';
import { heldOf } from '../printing/reference.js';

/** Notifications between two looks whether all have arrived. */
const NOTIFICATIONS = 1000;

/** A method of the other side, and what it is called with. */
export interface Called {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** One call; what it gives by reference is given back. */
export function caller({ peer }: Session, { method, args }: Called): () => Promise<number> {
  const call = remoteMethod(peer.call, method);
  return async () => {
    const result: unknown = await call(...args);
    if (heldOf(result) !== undefined) (result as { close(): void }).close();
    return 1;
  };
}

/** Notifications, and a ping that comes back when all have arrived. */
export function notifier({ peer }: Session, { method, args }: Called): () => Promise<number> {
  const notify = remoteMethod(peer.notify, method);
  return async () => {
    for (let i = 0; i < NOTIFICATIONS; i++) notify(...args);
    await peer.drain();
    await peer.ping();
    return NOTIFICATIONS;
  };
}
