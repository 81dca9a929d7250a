import type { Readable } from 'node:stream';

/** A line that has come so far, in characters, without an end is told in parts. */
const MAX_LINE = 64 * 1024;
/** So much of what came last is kept, in characters, and so many lines. */
const TAIL_CHARACTERS = 2000;
const TAIL_LINES = 20;

/** What a program writes to standard error, line by line; and the last lines of it. */
export class StderrLines {
  readonly #onLine: (line: string) => void;
  #rest = '';
  #tail: string[] = [];

  /** What `onLine` throws is dropped. */
  constructor(stderr: Readable, onLine: (line: string) => void) {
    this.#onLine = onLine;
    stderr.setEncoding('utf8');
    stderr.on('data', (text: string) => this.#split(text));
    stderr.on('error', () => {});
    stderr.on('close', () => {
      if (this.#rest !== '') this.add(this.#rest);
      this.#rest = '';
    });
  }

  /** The last lines. */
  get tail(): string {
    return [...this.#tail, this.#rest].join('\n').slice(-TAIL_CHARACTERS).trim();
  }

  #split(text: string): void {
    const [first = '', ...others] = text.split('\n');
    this.#rest += first;
    for (const start of others) {
      this.add(this.#rest);
      this.#rest = start;
    }
    if (this.#rest.length <= MAX_LINE) return;
    this.add(this.#rest);
    this.#rest = '';
  }

  /** One line more, wherever it was written. */
  add(text: string): void {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    this.#tail.push(line.slice(-TAIL_CHARACTERS));
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    try {
      this.#onLine(line);
    } catch {
      // Its own affair.
    }
  }
}
