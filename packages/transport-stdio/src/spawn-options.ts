import { checkOptions, type OptionKind } from '@bjsonrpc/byte-stream';
import { PIPE_OPTION_KINDS, type StdioOptions } from './stdio-options.js';

/** How a program is started, spoken to, and ended. Every member is optional. */
export interface SpawnOptions extends Omit<StdioOptions, 'closeTimeoutMs'> {
  /** The directory it starts in. Default: this program's. */
  readonly cwd?: string | URL;
  /** Its environment, all of it: `{ ...process.env, DEBUG: '1' }` adds to this program's. Default: this program's. */
  readonly env?: { readonly [name: string]: string | undefined };
  /**
   * Where what it writes to standard error goes: to this program's (`inherit`), nowhere (`ignore`), or line by line to a
   * function, and then the last of it stands in the error when the program fails. What the function throws is dropped.
   * Default: `inherit`.
   */
  readonly stderr?: 'inherit' | 'ignore' | ((line: string) => void);
  /** Hears the process id as soon as there is one. What it throws is dropped. */
  readonly onSpawn?: (pid: number) => void;
  /** How long, in milliseconds, it may go on once its standard input has ended, before SIGTERM. Default: 2000. 0: no time. */
  readonly exitTimeoutMs?: number;
  /** How long, in milliseconds, it may go on after SIGTERM, before SIGKILL. Default: 2000. 0: no time. */
  readonly killTimeoutMs?: number;
}

const { closeTimeoutMs: _, ...PIPE_KINDS } = PIPE_OPTION_KINDS;

const KINDS: Readonly<Record<keyof SpawnOptions, OptionKind>> = {
  ...PIPE_KINDS,
  cwd: ['a path or a file URL', (value) => typeof value === 'string' || value instanceof URL],
  env: 'object',
  stderr: [
    "'inherit', 'ignore' or a function",
    (value) => value === 'inherit' || value === 'ignore' || typeof value === 'function',
  ],
  onSpawn: 'function',
  exitTimeoutMs: 'amount',
  killTimeoutMs: 'amount',
};

/** @throws TypeError for an option that there is not, or of the wrong kind */
export function checkSpawnOptions(options: SpawnOptions): void {
  checkOptions('spawn', options, KINDS);
}
