import type { Terminal } from '../terminal.js';

/** What every command gets, and gives. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** What the program's exit code will be; 0 unless it is told, or a Failure thrown. */
  exitWith(code: number): void;
}
