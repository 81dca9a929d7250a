import pc from 'picocolors';
import { CannotWrite, Interrupts, ReaderGone } from './interrupts.js';

/** Colours, or functions that leave a text as it is. */
export type Colors = ReturnType<typeof pc.createColors>;

/** One of the two streams that a program writes to. */
export interface Output {
  /** Whether a person reads along. */
  readonly isTerminal: boolean;
  readonly colors: Colors;
  /** Characters in a line; undefined where no person reads along. */
  readonly columns: number | undefined;
  /** Writes a line. Resolves when there is room for more. */
  line(text: string): Promise<void>;
  /** Writes as it is: of what is drawn over later. */
  write(text: string): void;
}

/** Where the program runs: what it writes to, and what wants it to end. */
export interface Terminal {
  /** For results alone. */
  readonly out: Output;
  /** For everything else. */
  readonly err: Output;
  /** Aborts when the program is to end: its reason has an `exitCode`. */
  readonly interrupted: AbortSignal;
  /** Whether a person types. */
  readonly isInteractive: boolean;
}

/** The terminal of this process, until it is disposed of. */
export class ProcessTerminal implements Terminal, Disposable {
  readonly #interrupts = new Interrupts();
  readonly out: Output = this.#output(process.stdout);
  readonly err: Output = this.#output(process.stderr);
  readonly isInteractive: boolean = process.stdin.isTTY && process.stdout.isTTY;

  get interrupted(): AbortSignal {
    return this.#interrupts.signal;
  }

  [Symbol.dispose](): void {
    this.#interrupts[Symbol.dispose]();
  }

  #output(stream: NodeJS.WriteStream): Output {
    // Whoever reads standard error may go as well; what was to be said there is then lost, and that is all.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (stream !== process.stdout) return;
      this.#interrupts.abort(
        error.code === 'EPIPE'
          ? new ReaderGone('nobody reads the output')
          : new CannotWrite(`cannot write the output: ${error.message}`),
      );
    });
    let room: Promise<void> | undefined;
    return {
      isTerminal: stream.isTTY === true,
      colors: pc.createColors(isColored(stream)),
      get columns() {
        return stream.isTTY ? stream.columns : undefined;
      },
      line: async (text) => {
        if (stream.write(`${text}\n`) || stream.destroyed) return;
        room ??= new Promise<void>((resolve) => {
          const go = (): void => {
            stream.off('drain', go).off('close', go);
            room = undefined;
            resolve();
          };
          stream.on('drain', go).on('close', go);
        });
        await room;
      },
      write: (text) => void stream.write(text),
    };
  }
}

/** NO_COLOR and FORCE_COLOR, where they are set to anything, decide; otherwise whether it is a terminal that can. */
function isColored(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}
