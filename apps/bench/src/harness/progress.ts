/** One line on standard error that says what is being measured. Without a terminal, a line now and then. */
const QUIET_MS = 5_000;

export class Progress {
  readonly #stream = process.stderr;
  readonly #start = performance.now();
  #lastQuietLine = 0;
  #shown = false;

  /** @param done how much of the suite is done, 0 to 1 */
  at(suite: string, done: number, what: string): void {
    const now = performance.now();
    const seconds = ((now - this.#start) / 1000).toFixed(0).padStart(3);
    const line = `${seconds} s  ${suite.padEnd(11)} ${String(Math.floor(done * 100)).padStart(3)}%  ${what}`;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\x1b[2K${line.slice(0, this.#stream.columns - 1)}`);
      this.#shown = true;
    } else if (now - this.#lastQuietLine > QUIET_MS) {
      this.#lastQuietLine = now;
      this.#stream.write(`${line}\n`);
    }
  }

  /** Takes the line away, so that a table can be printed. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\x1b[2K');
    this.#shown = false;
  }
}
