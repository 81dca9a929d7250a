/**
 * `import { asRemote } from '@bjsonrpc/peer/testing'`: a function of this side as a method gets one of the other, for tests that call
 * the method without another side.
 */
import { UnknownObjectError } from '@bjsonrpc/protocol';
import type { RemoteFunction } from './contract/remote-types.js';

type Fn = (...args: never[]) => unknown;

/** What a test can do and see beside what the method can. */
export interface FakeRemote {
  /** Whether the method still has it: false once it has called `close()`. */
  readonly isHeld: boolean;
  /** The connection ends: calls fail from then on, and what was given to `onBroken` is called. */
  break(error?: Error): void;
}

/**
 * Stands for the function as if it had been passed. It is called in a later turn, and gives a promise, as there; values are handed over
 * as they are, and not copied.
 *
 *     const seen: string[] = [];
 *     feed.subscribe(asRemote((event: string) => seen.push(event)));
 */
export function asRemote<Call extends Fn>(call: Call): RemoteFunction<Call> & FakeRemote {
  const listeners = new Set<(error: Error) => void>();
  let gone: string | undefined;
  const later = async (...args: never[]): Promise<unknown> => {
    if (gone !== undefined) throw new UnknownObjectError(gone);
    await undefined;
    return await call(...args);
  };
  const close = (): void => {
    gone ??= 'The function was released';
  };
  const remote = Object.assign(later, {
    notify: (...args: never[]): void => {
      if (gone === undefined) later(...args).catch(() => {}); // nobody waits for it
    },
    retain() {
      if (gone !== undefined) throw new UnknownObjectError(gone);
      return remote;
    },
    onBroken: (callback: (error: Error) => void) => {
      listeners.add(callback);
      return { [Symbol.dispose]: () => void listeners.delete(callback) };
    },
    close,
    [Symbol.dispose]: close,
    break: (error: Error = new Error('The connection was broken')) => {
      if (gone !== undefined) return;
      gone = error.message;
      for (const callback of listeners) callback(error);
      listeners.clear();
    },
  });
  Object.defineProperty(remote, 'isHeld', { get: () => gone === undefined });
  return remote as unknown as RemoteFunction<Call> & FakeRemote;
}
