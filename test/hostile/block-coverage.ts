import { Session } from 'node:inspector';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly {
        readonly startOffset: number;
        readonly endOffset: number;
        readonly count: number;
      }[];
    }[];
  }[];
}

/** Which blocks of some source files run, as the engine counts them. */
export class BlockCoverage implements Disposable {
  readonly #session = new Session();
  readonly #under: string;
  readonly #seen = new Set<string>();

  /** `under`: a part of the paths of the files that matter. */
  constructor(under: string) {
    this.#under = under;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** How many blocks, told apart by about how often they ran, have run since the last look and never before. */
  look(): number {
    const before = this.#seen.size;
    this.#session.post('Profiler.takePreciseCoverage', (error, coverage) => {
      if (error) throw error;
      for (const { url, functions } of (coverage as Coverage).result) {
        if (!url.includes(this.#under)) continue;
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0)
              this.#seen.add(`${url}:${startOffset}:${endOffset}:${Math.floor(Math.log2(count))}`);
      }
    });
    return this.#seen.size - before;
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }
}
