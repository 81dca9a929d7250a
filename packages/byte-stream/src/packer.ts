import type { Attachments } from '@bjsonrpc/protocol';

/** The most handed to the system at once, so that a slow reader of much data can be told from one that reads nothing. */
export const PIECE_BYTES: number = 256 * 1024;

/** What waits to be written, and the shape in which it goes: the part of an outbox that differs between transports. */
export interface Packer {
  readonly isEmpty: boolean;
  /** How much waits, in bytes; characters not yet encoded count as one each. */
  readonly waiting: number;
  /** Take one message, and what goes beside it. */
  add(message: string, attachments?: Attachments): void;
  /**
   * Write the next piece, in one write of {@link PIECE_BYTES} or not much more; called only while there is one. Returns its
   * length in bytes.
   */
  writePiece(onWritten: OnWritten): number;
  /** Drop everything. */
  clear(): void;
}

/** What a Node stream calls when a write is complete, or has failed. */
export type OnWritten = (error?: Error | null) => void;
