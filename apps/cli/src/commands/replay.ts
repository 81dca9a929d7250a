import type { Command } from 'commander';
import { parseAddress } from '../address/address.js';
import { dialler } from '../address/open-transport.js';
import type { FramingName } from '../address/transport-settings.js';
import { parseDuration } from '../arguments/duration.js';
import {
  addDialOptions,
  connectionOptionsOf,
  framingFor,
  framingOption,
  type ParsedConnectionOptions,
} from '../connection/connection-options.js';
import { dialFailure } from '../connection/explain-dial.js';
import { exitCodes } from '../exit-codes.js';
import { printable } from '../printing/printable.js';
import { readRecording } from '../tracing/recording.js';
import { replay } from '../tracing/replay.js';
import type { CommandContext } from './command-context.js';
import { addExamples, urlHelp } from './help.js';

interface ReplayOptions extends ParsedConnectionOptions {
  readonly framing?: FramingName;
  readonly timeout: number;
}

/** `bjsonrpc replay`: says a recording again, and compares the answers. */
export function addReplay(program: Command, { terminal, exitWith }: CommandContext): void {
  const command = program
    .command('replay')
    .summary('say a recording again, and compare the answers')
    .description(
      'Says again what the clients of a recording said, a connection after the other, and compares what the server answers with what it did then. ' +
        'Answers are found by their ids, whatever order they come in. Exit code 6 when one differs or does not come.',
    )
    .argument('<file>', 'a recording of bjsonrpc trace --save')
    .argument('<url>', 'where to connect to')
    .option('-t, --timeout <time>', 'how long each answer is waited for', parseDuration, 10_000)
    .addOption(framingOption())
    .action(async (file: string, url: string, parsed: ReplayOptions) => {
      const { out, err, interrupted } = terminal;
      const address = parseAddress(url);
      const options = connectionOptionsOf(parsed);
      const recording = readRecording(file);
      const transport = await dialler(address, { ...options, framing: framingFor(address, options) });
      let differing = 0;
      for (const [connection, messages] of recording) {
        const duplex = await transport.dial({ signal: interrupted }).catch((error: unknown) => {
          throw interrupted.aborted ? interrupted.reason : dialFailure(error, address);
        });
        const differences = await replay(duplex, messages, {
          timeoutMs: parsed.timeout,
          signal: interrupted,
        });
        for (const { expected, got } of differences) {
          await out.line(`#${connection} ${out.colors.red(`- ${printable(expected)}`)}`);
          const came = got === undefined ? '+ nothing, in time' : `+ ${printable(got)}`;
          await out.line(`#${connection} ${out.colors.green(came)}`);
        }
        differing += differences.length;
      }
      const said = [...recording.values()].reduce((sum, { length }) => sum + length, 0);
      await err.line(`${said} messages on ${recording.size} connections, ${differing} different`);
      if (differing > 0) exitWith(exitCodes.different);
    });
  addDialOptions(command).addHelpText('after', urlHelp);
  addExamples(command, [
    ['trace :9000 :10123 --save talk.jsonl', 'first, record'],
    ['replay talk.jsonl :10123', 'does the new version answer the same?'],
  ]);
}
