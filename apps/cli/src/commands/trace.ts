import type { Listener } from '@bjsonrpc/protocol';
import type { Command } from 'commander';
import { parseAddress } from '../address/address.js';
import { addressText } from '../address/address-text.js';
import { listenerText } from '../address/listener-text.js';
import { dialler, listener } from '../address/open-transport.js';
import type { FramingName } from '../address/transport-settings.js';
import {
  addDialOptions,
  connectionOptionsOf,
  framingFor,
  framingOption,
  type ParsedConnectionOptions,
} from '../connection/connection-options.js';
import { dialFailure } from '../connection/explain-dial.js';
import { untilAborted } from '../interrupts.js';
import { Recorder } from '../tracing/recorder.js';
import { Tracer } from '../tracing/tracer.js';
import type { CommandContext } from './command-context.js';
import { addExamples, urlHelp } from './help.js';

interface TraceOptions extends ParsedConnectionOptions {
  readonly framing?: FramingName;
  readonly save?: string;
}

/** `bjsonrpc trace`: a proxy that shows what passes. */
export function addTrace(program: Command, { terminal }: CommandContext): void {
  const command = program
    .command('trace')
    .summary('pass connections on, and print what is said on them')
    .description(
      'Listens, passes each connection on to the URL, and prints every message of both directions with its time and size. ' +
        '→ is said by who connected, ← by whom it is passed on to. The messages are passed on as they are, whatever dialect they are in. Ends with Ctrl-C.',
    )
    .argument('<listen>', 'where to listen: a URL, or :9000')
    .argument('<url>', 'where to pass connections on to')
    .option('--save <file>', 'record what passes, for bjsonrpc replay; secrets in messages as well')
    .addOption(framingOption())
    .action(async (listen: string, url: string, { save, ...parsed }: TraceOptions) => {
      const { out, err, interrupted } = terminal;
      const options = connectionOptionsOf(parsed);
      const [here, there] = [parseAddress(listen), parseAddress(url)];
      const target = await dialler(there, { ...options, framing: framingFor(there, options) });
      const source = await listener(here, { ...options, framing: framingFor(here, options) });
      using recorder = save === undefined ? undefined : new Recorder(save, addressText(there));
      const explain = (error: unknown) => dialFailure(error, there);
      const tracer = new Tracer({ out, target, explain, recorder });
      const open: Listener = await source
        .listen((client) => void tracer.accept(client))
        .catch((error: unknown) => {
          throw dialFailure(error, here);
        });
      await err.line(`${err.colors.bold(listenerText(here, open.address))} → ${addressText(there)}`);
      try {
        await untilAborted(interrupted);
      } finally {
        tracer.close();
        await open.close();
      }
    });
  addDialOptions(command).addHelpText('after', urlHelp);
  addExamples(command, [
    ['trace :9000 :10123', 'let the program connect to port 9000'],
    ['trace ws://127.0.0.1:9000/rpc wss://example.org/rpc --save talk.jsonl', 'and keep what was said'],
    [`trace :9000 'stdio:some-language-server --stdio' --framing content-length`, 'a language server'],
  ]);
}
