import { createInterface } from 'node:readline';
import type { AnyPeer } from '@bjsonrpc/peer';
import type { Command } from 'commander';
import {
  addConnectionOptions,
  connectionOptionsOf,
  type ParsedConnectionOptions,
} from '../connection/connection-options.js';
import { Session } from '../connection/session.js';
import { exitCodes } from '../exit-codes.js';
import { Failure, tellFailure } from '../failure.js';
import { Completer } from '../repl/completer.js';
import { readHistory, writeHistory } from '../repl/history.js';
import { Repl, replCommands } from '../repl/repl.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';
import { addExamples, urlHelp } from './help.js';

/** `bjsonrpc repl`: call after call on one connection. */
export function addRepl(program: Command, { terminal }: CommandContext): void {
  const command = program
    .command('repl')
    .summary('call after call, on one connection')
    .description(
      'Reads lines: a method and what it is called with, as for bjsonrpc call, but that JSON needs no quotes around it, and a keyword is name=value. ' +
        'Objects that come are kept as $1, $2: $1.items calls a method of one, and $1 may be an argument. ' +
        'Tab completes, Ctrl-C stops a call or a stream, or drops the line, Ctrl-D leaves, .help lists the rest.',
    )
    .argument('<url>', 'where to connect to')
    .action(async (url: string, parsed: ParsedConnectionOptions) => {
      await using session = await Session.open({ terminal, url, options: connectionOptionsOf(parsed) });
      await converse(session, terminal);
    });
  addConnectionOptions(command).addHelpText('after', urlHelp);
  addExamples(command, [
    ['repl :10123', 'then: add 2 3, newList, $1.add 7, tick 1000, .describe $1'],
    ['repl :10123 < calls.txt', 'a line after the other, from a file'],
  ]);
}

/** Until the input ends, or the connection. @throws Failure when the connection ended first */
async function converse(session: Session, terminal: Terminal): Promise<void> {
  const { out, err, isInteractive, interrupted } = terminal;
  const repl = new Repl(session, out);
  const completer = new Completer(session.peer, { held: repl.held, commands: Object.keys(replCommands) });
  const lines = createInterface({
    input: process.stdin,
    ...(isInteractive && {
      output: process.stdout,
      history: readHistory(),
      completer: (line: string, done: (error: null, found: [string[], string]) => void) =>
        void completer.complete(line).then((found) => done(null, found)),
    }),
    prompt: '> ',
    terminal: isInteractive,
  });
  let running: AbortController | undefined;
  // What is typed a moment after a stream has ended must not end the session, with all that it holds.
  const stop = (): void => {
    if (running) running.abort();
    else if (lines.line !== '') for (const name of ['e', 'u']) lines.write(null, { ctrl: true, name });
    else {
      out.write('\n');
      void err.line(err.colors.dim('Ctrl-D leaves')).then(() => lines.prompt());
    }
  };
  const leave = (): void => lines.close();
  lines.on('SIGINT', stop).on('history', (history) => writeHistory(history));
  interrupted.addEventListener('abort', leave);
  let ended: Awaited<AnyPeer['closed']> | undefined;
  void session.peer.closed.then((reason) => {
    ended = reason;
    if (isInteractive && !running) out.write('\n'); // below the prompt
    lines.close();
  });
  if (isInteractive) lines.prompt();
  for await (const line of lines) {
    if (line.trim() === '.exit') break;
    running = new AbortController();
    try {
      await repl.run(line, AbortSignal.any([running.signal, interrupted]));
    } catch (error) {
      if (interrupted.aborted) throw interrupted.reason;
      if (running.signal.aborted) await err.line(err.colors.dim('stopped'));
      else if (error instanceof Failure) await tellFailure(error, err);
      else throw error;
    }
    running = undefined;
    if (isInteractive && !ended) lines.prompt();
  }
  interrupted.removeEventListener('abort', leave);
  lines.close();
  interrupted.throwIfAborted();
  if (!ended) return;
  const why = ended.error ? `: ${ended.error.message}` : '';
  throw new Failure(`the connection has ended${why}`, { exitCode: exitCodes.connectionLost });
}
