import type { Transport } from '@bjsonrpc/protocol';

/** A way through a network: from who dialled to who listens, the reverse, or both. */
export type Way = 'up' | 'down' | 'both';

/** A network in memory, and what may happen to it. */
export interface MemoryNetwork extends Transport {
  /** What becomes of whoever dials: by default he is connected; else refused at once, or kept waiting until he gives up. */
  dials: 'connect' | 'refuse' | 'hang';
  /** How many connections are open. */
  readonly connections: number;
  /** Every connection breaks: both ends hear of an error, and lose what is on its way. */
  cut(): void;
  /** Every connection is ended by somebody in between: both ends hear of a clean close, after what is on its way. */
  end(): void;
  /**
   * On every connection nothing arrives any more that way, not even that it was closed, and nobody is told. New connections
   * are not concerned.
   */
  stall(way?: Way): void;
  /** What is stalled goes on: all of it arrives, late. */
  thaw(): void;
}
