import type { MemoryNetwork, Way } from './memory-network.js';
import { seeded } from './seeded.js';
import type { Clock } from './virtual-clock.js';

/** What happened to a network, and when. */
export interface Fault {
  readonly atMs: number;
  readonly what: 'cut' | 'end' | 'stall' | 'thaw' | 'refuse' | 'hang' | 'connect';
  readonly way?: Way;
}

/** How bad the weather is. */
export interface WeatherOptions {
  /** Draws every fault and its moment: same seed, same weather. */
  readonly seed: number;
  readonly clock: Clock;
  /** Time between two faults, in milliseconds, drawn from this range. Default: 0 to 4000. */
  readonly everyMs?: readonly [least: number, most: number];
  /** How long what does not end by itself (a stall, dials that fail) lasts, at most. Default: 40,000. */
  readonly longestMs?: number;
  /** Hears of each fault: the story, when a test has failed. */
  readonly onFault?: (fault: Fault) => void;
}

/**
 * Lets things happen to a network: cuts, ends by somebody in between, stalls of both directions or of one, which thaw later,
 * dials that fail or hang.
 *
 * @returns what lets the sun come out: everything that is stalled goes on, and nothing more happens
 */
export function badWeather(network: MemoryNetwork, options: WeatherOptions): () => void {
  const { seed, clock, everyMs = [0, 4000], longestMs = 40_000, onFault } = options;
  const random = seeded(seed);
  const between = (least: number, most: number): number => least + random() * (most - least);
  /** The timers of the next fault, and of what is to end. */
  let next: unknown;
  let thawing: unknown;
  let connecting: unknown;

  const happen = (what: Fault['what'], way?: Way): void =>
    onFault?.({ atMs: clock.now(), what, ...(way === undefined ? {} : { way }) });

  function cut(): void {
    happen('cut');
    network.cut();
  }

  function end(): void {
    happen('end');
    network.end();
  }

  function stall(): void {
    const way = (['up', 'down', 'both'] as const)[Math.floor(random() * 3)] ?? 'both';
    happen('stall', way);
    network.stall(way);
    clock.clearTimeout(thawing);
    thawing = clock.setTimeout(() => {
      happen('thaw');
      network.thaw();
    }, howLong());
  }

  function failDials(): void {
    network.dials = random() < 0.5 ? 'refuse' : 'hang';
    happen(network.dials);
    if (random() < 0.7) cut();
    clock.clearTimeout(connecting);
    connecting = clock.setTimeout(connectDials, howLong());
  }

  function connectDials(): void {
    if (network.dials === 'connect') return;
    network.dials = 'connect';
    happen('connect');
  }

  /** Mostly not so long. */
  function howLong(): number {
    return between(0, longestMs) * random();
  }

  function schedule(): void {
    next = clock.setTimeout(
      () => {
        const dice = random();
        if (dice < 0.45) cut();
        else if (dice < 0.6) end();
        else if (dice < 0.85) stall();
        else failDials();
        schedule();
      },
      between(...everyMs),
    );
  }

  schedule();
  return () => {
    for (const timer of [next, thawing, connecting]) clock.clearTimeout(timer);
    connectDials();
    network.thaw();
  };
}
