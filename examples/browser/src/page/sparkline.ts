const WIDTH = 120;
const HEIGHT = 32;
const POINTS = 60;

/** A live line of the last values of a stream. */
export class Sparkline {
  readonly #line: Element | null;
  readonly #area: Element | null;
  readonly #output: HTMLOutputElement | null;
  #values: number[] = [];

  constructor(figure: Element) {
    this.#line = figure.querySelector('.line');
    this.#area = figure.querySelector('.area');
    this.#output = figure.querySelector('output');
  }

  /** Draws items until there are no more. Reading slowly holds the server back. */
  async draw(items: AsyncIterable<number>): Promise<void> {
    for await (const item of items) {
      this.#values = [...this.#values, item].slice(-POINTS);
      if (this.#output) this.#output.value = String(item);
      const top = Math.max(10, ...this.#values);
      const step = WIDTH / (POINTS - 1);
      const left = WIDTH - (this.#values.length - 1) * step;
      const y = (value: number): string => (HEIGHT - 2 - (value / top) * (HEIGHT - 6)).toFixed(1);
      const line = this.#values.map((value, i) => `${(left + i * step).toFixed(1)} ${y(value)}`).join('L');
      this.#line?.setAttribute('d', `M${line}`);
      this.#area?.setAttribute('d', `M${left} ${HEIGHT}L${line}L${WIDTH} ${HEIGHT}Z`);
    }
  }
}
