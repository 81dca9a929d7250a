import type { Frame } from './frames.js';

/** What a {@link Line} tells. None of it from inside a method of the line, nor while it is opened. */
export interface Ears {
  /** Something came; whatever it is. */
  onData(data: unknown): void;
  /** Nothing more will come or go. */
  onEnd(error: Error): void;
  /** Something went wrong over there, which may go on all the same: a worker has thrown, or its script cannot be loaded. */
  onTrouble(error: Error): void;
  /** Something came that was not let in. */
  onRefused(error: Error, remoteAddress: string): void;
}

/** One kind of port, as connections use it. */
export interface Line {
  /** Names the other side in errors: `the worker`. */
  readonly remote: string;
  /** The other side's origin, where there is one. */
  readonly remoteAddress?: string;
  /** @throws what the platform throws, or that the window was closed */
  post(frame: Frame, transfer: readonly ArrayBuffer[]): void;
  /** Hear no more. The port stays open: it belongs to whoever made it. */
  stop(): void;
  /** Whether hearing keeps the process alive. */
  ref?(): void;
  unref?(): void;
}

/** Begin to hear. */
export type OpenLine = (ears: Ears) => Line;
