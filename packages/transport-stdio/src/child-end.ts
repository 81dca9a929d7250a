import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { clearTimeout, setTimeout } from '@bjsonrpc/byte-stream';
import type { StderrLines } from './stderr-lines.js';

/** How long, in milliseconds, the last words of a child that has exited are waited for: it may have left its stderr to others. */
const LAST_WORDS_MS = 100;

/** How a child has ended. */
export interface ChildEnd {
  /** With exit code 0. */
  readonly isClean: boolean;
  /** What to tell whoever did not expect it: which program, how it ended, and what it wrote last to stderr, as far as that is known. */
  readonly error: Error;
}

/** Resolves when it has ended, of itself or not. */
export function childEnd(
  child: ChildProcess,
  command: string,
  stderr?: { readonly stream: Readable; readonly lines: StderrLines },
): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => {
      const tell = (): void => {
        // Children of its own may have it, too, and would keep this program alive by it.
        stderr?.stream.destroy();
        const how = signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
        const tail = stderr?.lines.tail ?? '';
        const error = new Error(
          `The program ${command} ${how}${tail === '' ? '' : `. It wrote last:\n${tail}`}`,
        );
        resolve({ isClean: exitCode === 0, error: Object.assign(error, { exitCode, signal }) });
      };
      if (stderr === undefined || stderr.stream.closed) return tell();
      const timer = setTimeout(tell, LAST_WORDS_MS);
      stderr.stream.once('close', () => {
        clearTimeout(timer);
        tell();
      });
    });
  });
}
