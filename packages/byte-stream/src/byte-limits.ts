/** The limits that every connection over bytes has. Every member is optional; the defaults are {@link byteLimits}'s. */
export interface ByteOptions {
  /**
   * The longest message accepted, in bytes; a longer one closes the connection. The peer has a limit of its own
   * (`limits.maxMessageBytes`), and the smaller one counts. Default: the peer's, or 16 MiB without one.
   */
  readonly maxMessageBytes?: number;
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
  const { maxMessageBytes = peerMaxMessageBytes ?? 16 * 1024 * 1024 } = options;
  return {
    maxMessageBytes: Math.min(maxMessageBytes, peerMaxMessageBytes ?? maxMessageBytes),
    maxWriteBufferBytes: options.maxWriteBufferBytes ?? 64 * 1024 * 1024,
    writeStallMs: options.writeStallMs ?? 60_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 2_000,
  };
}
