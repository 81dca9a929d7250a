import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.js';
import { Failure, tellFailure } from './failure.js';
import { CannotWrite, Interrupted, ReaderGone } from './interrupts.js';
import { makeProgram } from './program.js';
import { ProcessTerminal, type Terminal } from './terminal.js';

/** Runs the program with these arguments, in this process's terminal. @returns the exit code */
export async function runCli(args: readonly string[]): Promise<number> {
  using terminal = new ProcessTerminal();
  return await runIn(terminal, args);
}

/** Runs it in any terminal. @returns the exit code */
export async function runIn(terminal: Terminal, args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = makeProgram({
    terminal,
    exitWith: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    const { reason } = terminal.interrupted;
    if (reason instanceof CannotWrite) throw reason; // it was done, but could not be said
    return exitCode;
  } catch (error) {
    return await tell(error, terminal);
  }
}

/** Says what went wrong, in a line or two on standard error. @returns the exit code */
async function tell(error: unknown, { err }: Terminal): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage; // it has been said
  if (error instanceof Interrupted || error instanceof ReaderGone) return error.exitCode;
  const { colors } = err;
  if (error instanceof CannotWrite) {
    await err.line(`${colors.red('bjsonrpc:')} ${error.message}`);
    return error.exitCode;
  }
  if (!(error instanceof Failure)) {
    const stack = error instanceof Error ? error.stack : undefined;
    await err.line(`${colors.red('bjsonrpc: a fault of this program:')} ${stack ?? String(error)}`);
    return exitCodes.fault;
  }
  await tellFailure(error, err);
  if (process.env.BJSONRPC_DEBUG) await err.line(error.stack ?? '');
  return error.exitCode;
}
