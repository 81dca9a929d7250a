import type { DialOptions, Duplex } from '@bjsonrpc/protocol';
import type { OpenLine } from './line.js';
import { limitsOf, type PortOptions } from './port-options.js';
import { Reception } from './reception.js';
import { clearTimeout, startTimer } from './timers.js';

/** Waits for the other side of a port. Rejects with an error that says why it did not come, or with the signal's reason. */
export function dialPort(
  { open, options }: { readonly open: OpenLine; readonly options: PortOptions },
  { signal, timeoutMs, maxMessageBytes }: DialOptions,
): Promise<Duplex> {
  const limits = limitsOf(options, maxMessageBytes);
  const limitMs = Math.min(
    limits.handshakeTimeoutMs || Number.POSITIVE_INFINITY,
    timeoutMs || Number.POSITIVE_INFINITY,
  );
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    let refused = '';
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      reception.leave();
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error);
    };
    const onAbort = (): void => fail(signal?.reason);
    const reception = new Reception(open, {
      limits,
      onDuplex: (duplex) => {
        resolve(duplex);
        settle();
      },
      onFailure: (error) => fail(new Error(`Cannot connect: ${error.message}`, { cause: error })),
      onRefused: ({ message }) => {
        refused = `. ${message}`;
      },
    });
    const timer = startTimer(
      () =>
        fail(
          new Error(
            `Cannot connect to ${reception.remote}: nobody has answered within ${limitMs} ms${refused}`,
          ),
        ),
      limitMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      reception.greet();
    } catch (error) {
      fail(error);
    }
  });
}
