import { once } from 'node:events';
import { constants } from 'node:os';
import { exitCodes } from './exit-codes.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The user, or the system, wants the program to end. */
export class Interrupted extends Error {
  readonly exitCode: number;
  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** Whoever reads the output has gone, as `head` does: nobody wants the rest. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
  readonly exitCode = 0;
}

/** What was to be printed is lost. */
export class CannotWrite extends Error {
  override readonly name = 'CannotWrite';
  readonly exitCode: number = exitCodes.cannotWrite;
}

/**
 * One signal for everything that wants the program to end. The first time is a request, and what runs may still part in
 * peace; the second time ends the program at once.
 */
export class Interrupts implements Disposable {
  readonly #controller = new AbortController();
  readonly #onSignal = (name: NodeJS.Signals): void => {
    if (this.signal.aborted) process.exit(128 + constants.signals[name]);
    this.abort(new Interrupted(name));
  };

  constructor() {
    for (const name of signals) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: Interrupted | ReaderGone | CannotWrite): void {
    this.#controller.abort(reason);
  }

  [Symbol.dispose](): void {
    for (const name of signals) process.off(name, this.#onSignal);
  }
}

/** Waits for the signal. @throws its reason */
export async function untilAborted(signal: AbortSignal): Promise<never> {
  // The signal alone keeps no process alive: what listens does.
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}
