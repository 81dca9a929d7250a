/**
 * Rounds in turns: every lane once, then every lane again, so that a slow minute of the machine meets all alike; and every
 * other time in the opposite order, so that nobody always runs behind the same one.
 */
import type { ContenderName } from '../contenders.js';
import type { Bench } from './bench.js';
import { type Figure, type Sample, Samples } from './figure.js';

/** One thing that is measured once in every round. */
export interface Lane {
  readonly contender: ContenderName;
  readonly x?: number;
  run(): Promise<readonly Sample[]>;
}

export interface InTurnsOptions {
  readonly suite: string;
  /** In the order of a turn: those to be compared stand next to each other. */
  readonly lanes: readonly Lane[];
  readonly rounds: number;
  /** Rounds before the first that counts. By default the effort's. */
  readonly warmUps?: number;
  /** What the others are a ratio to. Default `limit`. */
  readonly baseline?: ContenderName;
}

/** Runs the rounds. A lane that fails is reported once and left out from then on. */
export async function inTurns(bench: Bench, options: InTurnsOptions): Promise<Figure[]> {
  const samples = new Samples(options.suite, options.baseline ?? 'limit');
  const failed = new Set<Lane>();
  const warmUps = options.warmUps ?? bench.effort.warmUps;
  const turns = warmUps + options.rounds;
  for (let turn = 0; turn < turns; turn++) {
    const lanes = turn % 2 === 0 ? options.lanes : options.lanes.toReversed();
    for (const [index, lane] of lanes.entries()) {
      if (failed.has(lane)) continue;
      const what = lane.x === undefined ? lane.contender : `${lane.contender} at ${lane.x}`;
      bench.progress.at(
        options.suite,
        (turn * options.lanes.length + index) / (turns * options.lanes.length),
        what,
      );
      try {
        const values = await lane.run();
        if (turn >= warmUps) for (const sample of values) samples.add(lane.contender, lane.x, sample);
      } catch (error) {
        failed.add(lane);
        bench.fail(options.suite, lane.contender, error);
      }
    }
  }
  bench.progress.clear();
  return samples.figures();
}
