import { checkMemoryOptions } from './check-memory-options.js';
import { MemoryDuplex } from './memory-duplex.js';
import type { MemoryOptions } from './memory-options.js';
import { drawCut, Schedule } from './schedule.js';

/** What two peers bring to a connection. */
export interface MemoryPairParts {
  /** Sets the connection apart from others of the same seed. Default: 0. */
  readonly connection?: number;
  /** The longest message that the peer at each end is ready to take. Default: any. */
  readonly maxMessageBytes?: readonly [number | undefined, number | undefined];
}

/**
 * The two ends of one connection in this process.
 *
 * @throws TypeError for an option that there is not, or of the wrong kind
 */
export function memoryPair(
  options: MemoryOptions = {},
  { connection = 0, maxMessageBytes = [undefined, undefined] }: MemoryPairParts = {},
): [MemoryDuplex, MemoryDuplex] {
  checkMemoryOptions(options);
  const wire = { deliveriesLeft: drawCut(options, 2 * connection) };
  const end = (side: 0 | 1): MemoryDuplex =>
    new MemoryDuplex({
      wire,
      arrivals: new Schedule(options, 2 * connection + side),
      maxBuffered: options.maxBuffered,
      carriesBytes: options.carriesBytes ?? false,
      maxMessageBytes: smaller(options.maxMessageBytes, maxMessageBytes[side]),
    });
  const [a, b] = [end(0), end(1)];
  MemoryDuplex.link(a, b);
  return [a, b];
}

function smaller(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
