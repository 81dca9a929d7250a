/** What the bench finds out. The tables, the JSON file and the charts are all made from a list of these. */
import type { ContenderName } from '../contenders.js';
import { median } from './statistics.js';

export interface Figure {
  readonly suite: string;
  readonly contender: ContenderName;
  /** What was measured, as a table heads it. */
  readonly metric: string;
  readonly unit: string;
  /** What grew, in suites about growth: bytes, connections, objects, milliseconds. */
  readonly x?: number;
  /** The value in each round. */
  readonly rounds: readonly number[];
  readonly median: number;
  /** The median of each round's ratio to the baseline in that same round; absent for the baseline itself. */
  readonly ratio?: number;
}

/** One value of one round. */
export interface Sample {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
}

/** Collects the samples of a suite's rounds and makes figures of them. */
export class Samples {
  readonly #suite: string;
  readonly #baseline: ContenderName;
  readonly #series = new Map<
    string,
    { contender: ContenderName; x: number | undefined; sample: Sample; rounds: number[] }
  >();

  constructor(suite: string, baseline: ContenderName) {
    this.#suite = suite;
    this.#baseline = baseline;
  }

  add(contender: ContenderName, x: number | undefined, sample: Sample): void {
    const key = keyOf(contender, x, sample.metric);
    const series = this.#series.get(key) ?? { contender, x, sample, rounds: [] };
    series.rounds.push(sample.value);
    this.#series.set(key, series);
  }

  figures(): Figure[] {
    return [...this.#series.values()].map(({ contender, x, sample, rounds }) => {
      const baseline = this.#series.get(keyOf(this.#baseline, x, sample.metric))?.rounds ?? [];
      const ratios = rounds
        .map((value, round) => value / (baseline[round] ?? Number.NaN))
        .filter(Number.isFinite);
      return {
        suite: this.#suite,
        contender,
        metric: sample.metric,
        unit: sample.unit,
        ...(x !== undefined && { x }),
        rounds,
        median: median(rounds),
        ...(contender !== this.#baseline && ratios.length > 0 && { ratio: median(ratios) }),
      };
    });
  }
}

function keyOf(contender: ContenderName, x: number | undefined, metric: string): string {
  return `${contender}|${x}|${metric}`;
}
