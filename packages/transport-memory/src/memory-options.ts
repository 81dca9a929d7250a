import type { Clock } from './virtual-clock.js';

/** How a connection in memory behaves. By default: at once, in order, whole bursts in one turn, for ever. */
export interface MemoryOptions {
  /** Makes every connection's jitter, splits and cut reproducible: same seed, same schedule. Default: 0. */
  readonly seed?: number;
  /** How long each message travels, in milliseconds. Order is kept. Default: 0. */
  readonly latencyMs?: number;
  /** Up to so many milliseconds are added, drawn for each message. Default: 0. */
  readonly jitterMs?: number;
  /** The probability that a turn ends after a message, so that a burst arrives in several. Default: 0; with a seed 0.25. */
  readonly split?: number;
  /**
   * The connection breaks, with an error on both ends, when so many messages have been delivered, both ways counted.
   * A pair `[least, most]` draws the number from the seed. Default: never.
   */
  readonly cutAfter?: number | readonly [number, number];
  /** Where the time of latency and splits comes from. Default: the platform's timers. */
  readonly clock?: Clock;
  /**
   * The longest message accepted; a longer one breaks the connection. The peer has a limit of its own
   * (`limits.maxMessageBytes`), and the smaller one counts. Default: the peer's, or none without one.
   */
  readonly maxMessageBytes?: number;
  /**
   * Whether bytes go beside a message, as they are, without base64. What is said on the connection then is not what a transport of
   * text alone would say. Default: false.
   */
  readonly carriesBytes?: boolean;
  /** Bytes under way, one way, above which `send` asks its caller to wait. Default: 1 MiB. */
  readonly maxBuffered?: number;
}
