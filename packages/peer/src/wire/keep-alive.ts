import { type Duplex, TimeoutError } from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';

/** What keeps a connection alive. */
export interface KeepAliveParts {
  readonly duplex: Pick<Duplex, 'bytesIn' | 'buffered'>;
  readonly clock: Clock;
  /** Between pings. */
  readonly intervalMs: number;
  /** Whether the other side answers pings: asked anew each time. */
  readonly canPing: () => boolean;
  readonly ping: () => Promise<unknown>;
  /** The other side has been silent for too long. */
  readonly onSilence: (error: Error) => void;
}

/**
 * Pings a greeted peer that has been silent for an interval, and closes the connection when it stays so (section 11).
 * One that still has much to read cannot have answered: whether it reads is the transport's to watch.
 *
 * @returns stops it
 */
export function keepAlive({
  duplex,
  clock,
  intervalMs,
  canPing,
  ping,
  onSilence,
}: KeepAliveParts): () => void {
  let timer: unknown;
  let seen = -1;
  let isWaiting = false;
  const start = (): void => {
    timer = clock.setTimeout(tick, intervalMs);
  };
  const tick = (): void => {
    const isSilent = duplex.bytesIn === seen && duplex.buffered === 0;
    seen = duplex.bytesIn;
    if (isSilent && isWaiting) {
      onSilence(new TimeoutError(`The other side has been silent for ${2 * intervalMs} ms`));
      return;
    }
    isWaiting = isSilent && canPing();
    if (isWaiting) ping().catch(() => {}); // its answer counts, whatever it is; its absence is seen above
    start();
  };
  start();
  return () => clock.clearTimeout(timer);
}
