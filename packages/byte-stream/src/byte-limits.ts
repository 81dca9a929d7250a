/** The limits that every connection over bytes has. Every member is optional; the defaults are {@link byteLimits}'s. */
export interface ByteOptions {
  /**
   * The longest message accepted, in bytes; a longer one closes the connection. The peer has a limit of its own
   * (`limits.maxMessageBytes`), and the smaller one counts. Default: the peer's, or 16 MiB without one.
   */
  readonly maxMessageBytes?: number;
  /**
   * How many bytes the connections of one listener may keep together of messages that have not ended, or that wait while
   * reading is held. With more, they are read one after the other; if that makes no room, whoever has kept the most for
   * the longest is cut off. Default: 64 MiB, or four times the longest message if that is more.
   */
  readonly maxUnfinishedBytes?: number;
  /**
   * How long, in milliseconds, one message may take from its first byte to its last, while it is read here; a second
   * more for each 4096 bytes of it. Default: 30000. 0: for ever.
   */
  readonly messageTimeoutMs?: number;
  /**
   * How long, in milliseconds, who was accepted may stay silent after that. Talk by this side that is taken counts as
   * well: whoever only listens is not silent. Default: 30000. 0: for ever.
   */
  readonly firstMessageMs?: number;
  /** With more bytes than these waiting, a reader that takes nothing for a second is cut off. Default: 64 MiB. */
  readonly maxWriteBufferBytes?: number;
  /** How long, in milliseconds, a reader may take nothing while bytes wait for it. Default: 60000. 0: for ever. */
  readonly writeStallMs?: number;
  /** After a clean close and once all is written: how long to wait for the other side to close too. Default: 2000. */
  readonly closeTimeoutMs?: number;
}

/** The same, with the defaults filled in. */
export type ByteLimits = Required<ByteOptions>;

/** Fill in the defaults. `peerMaxMessageBytes`: what the peer is ready to take. */
export function byteLimits(options: ByteOptions, peerMaxMessageBytes?: number): ByteLimits {
  const { maxMessageBytes: own = peerMaxMessageBytes ?? 16 * 1024 * 1024 } = options;
  const maxMessageBytes = Math.min(own, peerMaxMessageBytes ?? own);
  return {
    maxMessageBytes,
    maxUnfinishedBytes: options.maxUnfinishedBytes ?? Math.max(64 * 1024 * 1024, 4 * maxMessageBytes),
    messageTimeoutMs: options.messageTimeoutMs ?? 30_000,
    firstMessageMs: options.firstMessageMs ?? 30_000,
    maxWriteBufferBytes: options.maxWriteBufferBytes ?? 64 * 1024 * 1024,
    writeStallMs: options.writeStallMs ?? 60_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 2_000,
  };
}
