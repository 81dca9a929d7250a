import { clearInterval, MAX_TIMER_MS, setImmediate, setInterval } from '@bjsonrpc/byte-stream';

export interface HeartbeatOptions {
  readonly intervalMs: number;
  /** Grows with every byte that comes; undefined while nobody reads, and nothing can be told. */
  readonly received: () => number | undefined;
  /** Whether bytes wait for the other side. A ping would wait behind them; whether they move is watched elsewhere. */
  readonly isBusy: () => boolean;
  readonly ping: () => void;
  /** Show that this side lives, unasked. */
  readonly pong: () => void;
  /** Nothing has come for so many milliseconds, though it was asked for. */
  readonly onSilence: (silentMs: number) => void;
}

/**
 * Notices a side that has gone without a word (a lid closed, a cable pulled): one that was silent for an interval is
 * pinged, and given up when it is silent for another. While nobody reads here, pings of the other side go unanswered: it
 * gets a sign of life every interval. A side that still has much to read is not expected to answer: it is a matter of the
 * write-stall limit. Returns how to stop it.
 */
export function startHeartbeat({
  intervalMs,
  received,
  isBusy,
  ping,
  pong,
  onSilence,
}: HeartbeatOptions): () => void {
  if (intervalMs <= 0 || intervalMs > MAX_TIMER_MS) return () => {};
  let seen = received();
  let isPinged = false;
  const beat = (): void => {
    const now = received();
    if (now === undefined) pong();
    if (now === undefined || now !== seen || isBusy()) {
      seen = now;
      isPinged = false;
    } else if (!isPinged) {
      isPinged = true;
      ping();
    } else {
      // After a sleep of our own, what came meanwhile is read only now.
      setImmediate(() => {
        if (received() === seen && !isBusy()) onSilence(2 * intervalMs);
      });
    }
  };
  const timer = setInterval(beat, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
