import { closeSync, openSync, writeSync } from 'node:fs';
import { usageFailure } from '../failure.js';
import type { RecordedMessage, RecordingHead } from './recording.js';

/** Writes what passes to a file, a line of JSON for each message, at once: what was seen is there, whatever happens then. */
export class Recorder implements Disposable {
  readonly #file: number;
  readonly #began = performance.now();

  /** @throws Failure for a file that cannot be written, or that is there already */
  constructor(path: string, url: string) {
    try {
      this.#file = openSync(path, 'wx', 0o600); // secrets pass, too
    } catch (error) {
      throw usageFailure(`${path}: ${(error as Error).message}`, 'Take a file that is not there yet.');
    }
    this.#write({ recording: 'bjsonrpc', version: 1, began: new Date().toISOString(), url });
  }

  message(message: Omit<RecordedMessage, 'at'>): void {
    this.#write({ ...message, at: Math.round(performance.now() - this.#began) });
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #write(entry: RecordingHead | RecordedMessage): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}
