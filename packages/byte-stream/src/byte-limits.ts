/** The limits that every connection over bytes has. Every member is optional; the defaults are {@link byteLimits}'s. */
export interface ByteOptions {
  /** The longest message accepted, in bytes; a longer one closes the connection. Default: 16 MiB. */
  readonly maxMessageBytes?: number;
  /** The most bytes that may wait for a reader; one more and the connection is cut off. Default: 64 MiB. */
  readonly maxWriteBufferBytes?: number;
  /** How long, in milliseconds, a reader may take nothing while bytes wait for it. Default: 60000. 0: for ever. */
  readonly writeStallMs?: number;
  /** After a clean close and once all is written: how long to wait for the other side to close too. Default: 2000. */
  readonly closeTimeoutMs?: number;
}

/** The same, with the defaults filled in. */
export type ByteLimits = Required<ByteOptions>;

/** Fill in the defaults. */
export function byteLimits(options: ByteOptions): ByteLimits {
  return {
    maxMessageBytes: options.maxMessageBytes ?? 16 * 1024 * 1024,
    maxWriteBufferBytes: options.maxWriteBufferBytes ?? 64 * 1024 * 1024,
    writeStallMs: options.writeStallMs ?? 60_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 2_000,
  };
}
