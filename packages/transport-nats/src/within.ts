import { clearTimeout, now, startTimer } from '@bjsonrpc/byte-stream';
import type { AbortSignalLike } from '@bjsonrpc/protocol';

/** What comes of a promise, unless the time is up or the signal says so first; it goes on then, unheard. */
export function within<Result>(
  promise: Promise<Result>,
  {
    deadlineMs,
    signal,
    timeout,
  }: {
    readonly deadlineMs: number;
    readonly signal: AbortSignalLike | undefined;
    readonly timeout: () => Error;
  },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      promise.catch(() => {});
      return reject(signal.reason);
    }
    const onAbort = (): void => reject(signal?.reason);
    const timer = startTimer(() => reject(timeout()), Math.max(1, deadlineMs - now()));
    signal?.addEventListener('abort', onAbort, { once: true });
    void promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    });
  });
}
