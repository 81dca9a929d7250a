/** One run of the bench: what it was asked for, and what it has found so far. */
import type { ContenderName } from '../contenders.js';
import type { Effort } from './effort.js';
import type { Figure } from './figure.js';
import { Pair } from './pair.js';
import { Progress } from './progress.js';

/** A contender that could not do what a suite asked. */
export interface Failure {
  readonly suite: string;
  readonly contender: ContenderName;
  readonly message: string;
}

/** A group of measurements with a name by which it can be chosen. */
export interface Suite {
  readonly name: string;
  readonly title: string;
  /** What a reader has to know to read the table: units, what counts, in one or two sentences. */
  readonly about: string;
  run(bench: Bench): Promise<Figure[]>;
  /** The text for the terminal, where a table is not the right form. */
  print?(figures: readonly Figure[]): string;
}

export class Bench {
  readonly effort: Effort;
  readonly progress: Progress = new Progress();
  readonly failures: Failure[] = [];
  readonly #pairs = new Map<ContenderName, Pair>();
  readonly #wanted: ReadonlySet<ContenderName> | undefined;

  /** @param wanted the contenders to run beside the limit; all when absent */
  constructor(effort: Effort, wanted?: ReadonlySet<ContenderName>) {
    this.effort = effort;
    this.#wanted = wanted;
  }

  /** Those of a suite's contenders that this run wants. Baselines are always wanted. */
  contenders(names: readonly ContenderName[]): ContenderName[] {
    return names.filter((name) => name === 'limit' || name === 'bare' || (this.#wanted?.has(name) ?? true));
  }

  /** Both sides of each contender, with one connection, for as long as a suite uses them. */
  async withPairs<T>(suite: string, names: readonly ContenderName[], use: (pairs: readonly Pair[]) => Promise<T>): Promise<T> {
    const pairs: Pair[] = [];
    try {
      for (const name of this.contenders(names)) {
        this.progress.at(suite, 0, `starting ${name}`);
        try {
          pairs.push(await this.#pair(name));
        } catch (error) {
          this.fail(suite, name, error);
        }
      }
      return await use(pairs);
    } finally {
      if (!this.effort.sharesProcesses) await this.end();
      this.progress.clear();
    }
  }

  /** Ends every process that is still there. */
  async end(): Promise<void> {
    const pairs = [...this.#pairs.values()];
    this.#pairs.clear();
    await Promise.all(pairs.map((pair) => pair.end()));
  }

  async #pair(name: ContenderName): Promise<Pair> {
    const known = this.#pairs.get(name);
    if (known !== undefined) {
      await known.reconnect();
      return known;
    }
    const pair = await Pair.start(name, { connections: 1 });
    this.#pairs.set(name, pair);
    return pair;
  }

  fail(suite: string, contender: ContenderName, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.failures.push({ suite, contender, message });
    this.progress.clear();
    console.error(`${suite}: ${message.split('\n')[0]}`);
  }
}
