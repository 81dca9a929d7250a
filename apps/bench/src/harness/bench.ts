/** One run of the bench: what it was asked for, and what it has found so far. */
import { type ContenderName, isBare } from '../contenders.js';
import type { Effort } from './effort.js';
import type { Figure } from './figure.js';
import { Pair } from './pair.js';
import { Progress } from './progress.js';

/** Contenders whose processes are started together. */
const STARTS_AT_ONCE = 4;

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
  /** What the others are a ratio to. Default: the limit. */
  readonly baseline?: ContenderName;
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

  /**
   * Those of a suite's contenders that this run wants. Baselines are always wanted; of the other libraries a short run
   * takes the first few, unless the suite is about `everyone`.
   */
  contenders(names: readonly ContenderName[], who: 'few' | 'everyone' = 'few'): ContenderName[] {
    let left = who === 'few' ? this.effort.rivals : names.length;
    return names.filter((name) => {
      if (name === 'limit' || name === 'limit-ws' || isBare(name)) return true;
      if (this.#wanted && !this.#wanted.has(name)) return false;
      return name.startsWith('bjsonrpc-') || left-- > 0;
    });
  }

  /** Both sides of each contender, with one connection, for as long as a suite uses them. */
  async withPairs<T>(
    suite: string,
    wanted: readonly ContenderName[],
    use: (pairs: readonly Pair[]) => Promise<T>,
  ): Promise<T> {
    try {
      const pairs: Pair[] = [];
      for (let first = 0; first < wanted.length; first += STARTS_AT_ONCE) {
        const names = wanted.slice(first, first + STARTS_AT_ONCE);
        this.progress.at(suite, 0, `starting ${names.join(', ')}`);
        const started = await Promise.all(names.map((name) => this.#pair(suite, name)));
        pairs.push(...started.filter((pair) => pair !== undefined));
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

  async #pair(suite: string, name: ContenderName): Promise<Pair | undefined> {
    try {
      const known = this.#pairs.get(name);
      if (known !== undefined) {
        await known.reconnect();
        return known;
      }
      const pair = await Pair.start(name, { connections: 1 });
      this.#pairs.set(name, pair);
      const { warmMs: budgetMs, methodBurst, notifyBurst } = this.effort;
      for (const loop of ['call', 'method', 'notify'] as const) {
        if (budgetMs > 0 && !isBare(name))
          await pair.client.run('timed', { loop, budgetMs, methodBurst, notifyBurst });
      }
      return pair;
    } catch (error) {
      this.fail(suite, name, error);
      return undefined;
    }
  }

  fail(suite: string, contender: ContenderName, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.failures.push({ suite, contender, message });
    this.progress.clear();
    console.error(`${suite}: ${message.split('\n')[0]}`);
  }
}
