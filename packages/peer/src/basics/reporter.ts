/** Gets what could not be told to any caller. */
export type OnError = (
  error: unknown,
  context: { readonly method?: string; readonly errorId?: string },
) => void;

/** Runs what an application gave us: what it throws, at once or later, disturbs nobody and is reported. */
export class Reporter {
  readonly #onError: OnError;

  constructor(onError: OnError) {
    this.#onError = onError;
  }

  /** Never throws, and never rejects. */
  async guard(run: () => unknown): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.report(error);
    }
  }

  report(error: unknown, context: Parameters<OnError>[1] = {}): void {
    try {
      this.#onError(error, context);
    } catch {
      // The reporter itself failed: there is nobody left to tell.
    }
  }
}
