import type { BatchAnswer, Dialect } from '@bjsonrpc/protocol';

/** Whom an answer is for. */
export interface Recipient {
  /** The id that it carries, as JSON text; undefined: there is no answer. */
  readonly id: string | undefined;
  /** How it is written: as the request was. */
  readonly dialect: Dialect;
  /** What it goes into, if the request came in a batch whose answers are one message. */
  readonly batch: BatchAnswer | undefined;
  /** Whether it was cancelled in a dialect in which nothing is said after that. */
  readonly isSilent?: boolean;
}
