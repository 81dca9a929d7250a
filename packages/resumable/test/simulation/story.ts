import type { Fault, VirtualClock } from '@bjsonrpc/transport-memory';

/** What happened in a run, for whoever has to find out why it failed. */
export class Story {
  readonly #clock: VirtualClock;
  readonly #lines: string[] = [];
  faults = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  readonly onFault = ({ what, way }: Fault): void => {
    this.faults++;
    this.tell(way === undefined ? `the network: ${what}` : `the network: ${what} ${way}`);
  };

  tell(line: string): void {
    this.#lines.push(`${(this.#clock.now() / 1000).toFixed(3).padStart(9)} s  ${line}`);
  }

  /** The last lines. */
  text(count = 60): string {
    const left = this.#lines.length - count;
    return [...(left > 0 ? [`… ${left} earlier lines`] : []), ...this.#lines.slice(-count)].join('\n');
  }
}

/** What a run has found. */
export interface Findings {
  /** Empty where everything is right. */
  readonly wrong: readonly string[];
  readonly story: Story;
  readonly faults: number;
  /** Messages or operations that were checked. */
  readonly checked: number;
  /** Connections that were needed. */
  readonly connections: number;
}
