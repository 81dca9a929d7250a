import { MemoryDuplex } from './memory-duplex.js';
import type { MemoryOptions } from './memory-options.js';
import { drawCut, Schedule } from './schedule.js';

/** The two ends of one connection in this process. `connection` sets it apart from others of the same seed. */
export function memoryPair(options: MemoryOptions = {}, connection = 0): [MemoryDuplex, MemoryDuplex] {
  const wire = { deliveriesLeft: drawCut(options, 2 * connection) };
  const { maxBuffered } = options;
  const a = new MemoryDuplex({ wire, arrivals: new Schedule(options, 2 * connection), maxBuffered });
  const b = new MemoryDuplex({ wire, arrivals: new Schedule(options, 2 * connection + 1), maxBuffered });
  MemoryDuplex.link(a, b);
  return [a, b];
}
