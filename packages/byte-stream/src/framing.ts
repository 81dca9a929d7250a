import type { Attachments } from '@bjsonrpc/protocol';

/** How messages stand in a stream of bytes: where each begins and ends. */
export interface Framing {
  /** For what comes in: one for each connection. A longer message, in bytes, is a fault. */
  decoder(maxMessageBytes: number): FrameDecoder;
  /** For what goes out: the message with its frame around it, as text. */
  frame(message: string): string;
  /** Whether bytes may stand before a message (section 10 of the protocol). */
  readonly carriesBytes?: boolean;
  /**
   * What the other side reads and ignores, if there is such a thing: to see whether it is still there while nothing of it
   * is read. Without one that shows as soon as anything is sent, or read again.
   */
  readonly blank?: string;
}

/** Bytes in, whole messages out. */
export interface FrameDecoder {
  /** What has come, in any pieces. A chunk belongs to the decoder from then on. */
  push(chunk: Uint8Array): void;
  /** The next whole message, or undefined: there is none left, or the framing broke and {@link error} says how. */
  next(): string | undefined;
  /** What stood beside the message that {@link next} gave last, if anything did. */
  readonly attachments?: Attachments | undefined;
  /** Why there will be no more messages; set once {@link next} has given all that came before the fault. */
  readonly error: Error | undefined;
  /** Bytes of whole messages not yet taken. */
  readonly pendingBytes: number;
  /** Bytes of the message that has not ended; 0: there is none. */
  readonly unfinishedBytes: number;
}
