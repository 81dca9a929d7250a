import { Command } from 'commander';
import { addBench } from './commands/bench.js';
import { addCall } from './commands/call.js';
import type { CommandContext } from './commands/command-context.js';
import { addDescribe } from './commands/describe.js';
import { addExamples } from './commands/help.js';
import { addRepl } from './commands/repl.js';
import { addReplay } from './commands/replay.js';
import { addServe } from './commands/serve.js';
import { addTrace } from './commands/trace.js';
import { nearNames } from './connection/near-names.js';
import { version } from './version.js';

/** The whole command line. Whoever parses with it gets a CommanderError for what is wrong, and for help that was printed. */
export function makeProgram(context: CommandContext): Command {
  const { out, err } = context.terminal;
  const program = new Command('bjsonrpc')
    .description(
      'Talks to peers of bjsonrpc, and to whatever speaks JSON-RPC 2.0 over one lasting connection.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false, styleTitle: (title) => out.colors.bold(title) })
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text.replace(/^error: /, 'bjsonrpc: ')),
      getOutHelpWidth: () => out.columns ?? 100,
      getErrHelpWidth: () => err.columns ?? 100,
      getOutHasColors: () => out.colors.isColorSupported,
      getErrHasColors: () => err.colors.isColorSupported,
    });
  for (const add of [addCall, addDescribe, addRepl, addServe, addTrace, addReplay, addBench])
    add(program, context);
  program
    .helpCommand(false)
    .command('help')
    .argument('[command]')
    .summary('display help for command')
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
      if (command) return command.help();
      const [meant] = nearNames(
        name ?? '',
        program.commands.map((one) => one.name()),
      );
      program.error(
        `error: unknown command '${name}'${meant === undefined ? '' : `\n(Did you mean ${meant}?)`}`,
      );
    });
  addExamples(program, [
    ['serve ./api.js', 'serve the default export of a module, on port 10123'],
    ['describe :10123', 'what is there?'],
    ['call :10123 add 2 3', 'call it'],
    ['repl :10123', 'look around'],
    ['trace :9000 :10123', 'watch what a program says: let it connect to port 9000'],
  ]);
  return program.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 the method’s error, 2 usage, 3 cannot connect, 4 connection lost, 5 timeout, 6 replay differs, 130 interrupted.\nEach command has a help of its own: bjsonrpc call --help',
  );
}
