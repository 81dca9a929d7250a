import type { Command } from 'commander';
import { callArguments } from '../arguments/call-arguments.js';
import { callbackPrinter } from '../calls/callback-printer.js';
import { type CallSettings, makeCall } from '../calls/make-call.js';
import {
  addConnectionOptions,
  collect,
  connectionOptionsOf,
  type ParsedConnectionOptions,
} from '../connection/connection-options.js';
import { Session } from '../connection/session.js';
import { styleOf } from '../printing/value-text.js';
import type { CommandContext } from './command-context.js';
import { addExamples, urlHelp } from './help.js';

interface CallOptions extends ParsedConnectionOptions, Pick<CallSettings, 'notify' | 'pipe'> {
  readonly kw?: readonly string[];
  readonly stay?: boolean;
  readonly json?: boolean;
  readonly raw?: boolean;
}

/** `bjsonrpc call`: one call, and its result on standard output. */
export function addCall(program: Command, { terminal }: CommandContext): void {
  const command = program
    .command('call')
    .summary('call a method, and print what it gives')
    .description(
      'Calls a method of the other side, and prints what it gives: readably at a terminal, and as JSON, a value a line, anywhere else.\n\n' +
        'Arguments are JSON where they are JSON, and otherwise texts. @FILE is JSON from a file, @- from standard input, ' +
        'callback:NAME a function that the other side may call, which prints what it is called with. What follows -- is an argument, whatever it looks like.',
    )
    .argument('<url>', 'where to connect to')
    .argument('<method>', 'its full name: add, math.add, textDocument/hover')
    .argument('[args...]', 'what it is called with')
    .option('-k, --kw <name=value>', 'a keyword argument; may be repeated', collect)
    .option('--notify', 'want no answer, and wait for none')
    .option('--pipe', 'read the items of a stream as they come, one a line')
    .option('--stay', 'stay connected after the answer, for callbacks, until Ctrl-C')
    .option('--json', 'print JSON at a terminal, too; errors as well')
    .option('--raw', 'print texts as they are, without quotes')
    .action(async (url: string, method: string, words: readonly string[], parsed: CallOptions) => {
      const { kw: keywords = [], stay, json, notify, pipe, ...connection } = parsed;
      const style = styleOf(parsed, terminal.out);
      const args = callArguments({ words, keywords }, { callback: callbackPrinter(terminal.out, style) });
      const options = connectionOptionsOf(connection);
      await using session = await Session.open({ terminal, url, options, json: json ?? false });
      await makeCall(session, {
        method,
        args,
        style,
        terminal,
        notify: notify ?? false,
        pipe: pipe ?? false,
        ...(parsed.timeout !== undefined && { timeout: parsed.timeout }),
      });
      if (stay) await session.untilInterrupted();
    });
  addConnectionOptions(command).addHelpText('after', urlHelp);
  addExamples(command, [
    ['call :10123 add 2 3', 'a server on this machine'],
    [`call ws://localhost:8080/rpc find '{"name": "Ada"}' -k limit=10`, 'an object, and a keyword argument'],
    ['call :10123 tick 1000 --pipe | head -3', 'a stream, of which three items are wanted'],
    ['call :10123 subscribe callback:event --stay', 'be called back'],
    [
      `call -d mcp 'stdio:npx some-mcp-server' tools/list | jq .tools[].name`,
      'a server of the Model Context Protocol',
    ],
    ['call tls://example.org:10123 now --ca ca.pem --timeout 5s', 'TLS, and five seconds of patience'],
  ]);
}
