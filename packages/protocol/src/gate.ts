/** One promise for all who wait for the same, until it is there: room to send, for a Duplex. */
export class Gate {
  #promise: Promise<void> | undefined;
  #open: (() => void) | undefined;

  get isAwaited(): boolean {
    return this.#promise !== undefined;
  }

  wait(): Promise<void> {
    this.#promise ??= new Promise((resolve) => {
      this.#open = resolve;
    });
    return this.#promise;
  }

  /** Who waits goes on; who comes later waits again. */
  open(): void {
    this.#open?.();
    this.#promise = this.#open = undefined;
  }
}
