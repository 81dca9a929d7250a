/** The bounds of one connection. Each has a default, and each failure names the bound. */
export interface Limits {
  /** Longest message, in bytes of UTF-8, both ways: the other side is told, and the transport. 16 MiB. */
  readonly maxMessageBytes: number;
  /** Own calls that the transport has not yet written, in bytes; further ones fail at once. 256 MiB. */
  readonly maxUnsentBytes: number;
  /**
   * Bytes that the other side makes this one keep: arguments of calls that wait or run, unread items, answers that are not
   * read, names. What is beyond is refused. 64 MiB.
   */
  readonly maxConnectionBytes: number;
  /** The same for all connections of a server together. 256 MiB. */
  readonly maxTotalBytes: number;
  /** Deepest nesting of arrays and objects in one message, both ways. 200. */
  readonly maxDepth: number;
  /**
   * Values in one message that comes: each number and word counts one, an array or an object three, a text four, a key seven; a text
   * that has come before, and a key after the same keys as before, count one. They are counted before anything is read, in messages
   * of 64 KiB and more. Of references one for 128 of these may come in a message, or be sent: 8192. 1048576.
   */
  readonly maxNodes: number;
  /** Calls of the other side that may run here at a time; further ones wait. 1024. */
  readonly maxRunningCalls: number;
  /** Calls of the other side that may wait for their turn; further ones are refused. 4096. */
  readonly maxQueuedCalls: number;
  /** Own calls that may be unanswered at a time; further ones fail at once. 131072. */
  readonly maxPendingCalls: number;
  /** Objects, functions and streams of this side that the other may hold. 131072. */
  readonly maxExports: number;
  /** Elements in one batch. 1000. */
  readonly maxBatchLength: number;
  /** Characters in a method's name, its object's name included. 256. */
  readonly maxMethodLength: number;
  /** Characters in an id. 128. */
  readonly maxIdLength: number;
  /** Items that a stream from a peer without flow control may pile up unread. 16384. */
  readonly maxStreamItems: number;
  /**
   * Milliseconds that a stream waits for credit of its reader, who may be gone though its connection is not; then the stream is
   * closed, and its reader told. Our readers say every third of a minute that they are there, though they read nothing. Infinity:
   * for ever. 60000.
   */
  readonly maxStreamStallMs: number;
  /** Malformed messages per minute; one more closes the connection. 60. */
  readonly maxInvalidPerMinute: number;
}

/** The defaults. */
export const defaultLimits: Limits = {
  maxMessageBytes: 16 * 1024 * 1024,
  maxUnsentBytes: 256 * 1024 * 1024,
  maxConnectionBytes: 64 * 1024 * 1024,
  maxTotalBytes: 256 * 1024 * 1024,
  maxDepth: 200,
  maxNodes: 1_048_576,
  maxRunningCalls: 1024,
  maxQueuedCalls: 4096,
  maxPendingCalls: 131_072,
  maxExports: 131_072,
  maxBatchLength: 1000,
  maxMethodLength: 256,
  maxIdLength: 128,
  maxStreamItems: 16_384,
  maxStreamStallMs: 60_000,
  maxInvalidPerMinute: 60,
};
