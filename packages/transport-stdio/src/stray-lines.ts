import process from 'node:process';
import { clearTimeout, setTimeout } from '@bjsonrpc/byte-stream';
import { FramingError } from '@bjsonrpc/protocol';
import type { SpawnOptions } from './spawn-options.js';
import type { StderrLines } from './stderr-lines.js';

/** How long, in milliseconds, a program may print other things before its first message. */
const PATIENCE_MS = 5000;
/** So much of such a line stands in an error, in characters. */
const MAX_SHOWN = 100;

/** What lines are told to, and who ends it if no message follows. */
export interface StrayLinesParts {
  readonly command: string;
  readonly to: Exclude<SpawnOptions['stderr'], undefined | ((line: string) => void)> | StderrLines;
  readonly giveUp: (error: Error) => void;
}

/**
 * Lines of a program's output that are no messages: a banner, a log. They go where its standard error goes. One that prints
 * nothing else does not speak our framing, and the connection ends with an error that shows such a line.
 */
export class StrayLines {
  readonly #parts: StrayLinesParts;
  #hasHeard = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: StrayLinesParts) {
    this.#parts = parts;
  }

  add(line: string): void {
    const { to } = this.#parts;
    if (to === 'inherit') process.stderr.write(`${line}\n`);
    else if (to !== 'ignore') to.add(line);
    if (!this.#hasHeard) this.#timer ??= setTimeout(() => this.#giveUp(line), PATIENCE_MS).unref();
  }

  /** A message has come, or the end: nothing is waited for any more. */
  stop(): void {
    if (this.#hasHeard) return;
    this.#hasHeard = true;
    clearTimeout(this.#timer);
  }

  #giveUp(line: string): void {
    const { command, giveUp } = this.#parts;
    const shown = JSON.stringify(line.slice(0, MAX_SHOWN));
    const why = `begins with neither { nor [, and no message has followed: ${shown}`;
    giveUp(new FramingError('start', `A line that the program ${command} has printed ${why}`));
  }
}
