import type { Command } from 'commander';
import { callArguments } from '../arguments/call-arguments.js';
import { parseCount } from '../arguments/count.js';
import { parseDuration } from '../arguments/duration.js';
import { caller, notifier } from '../benching/callers.js';
import { type Measured, measure, type Running } from '../benching/measure.js';
import { ProgressBar } from '../benching/progress-bar.js';
import { figures, inGroups, sentences } from '../benching/report.js';
import {
  addConnectionOptions,
  collect,
  connectionOptionsOf,
  type ParsedConnectionOptions,
} from '../connection/connection-options.js';
import { Session } from '../connection/session.js';
import { usageFailure } from '../failure.js';
import type { Terminal } from '../terminal.js';
import type { CommandContext } from './command-context.js';
import { addExamples, urlHelp } from './help.js';

interface BenchOptions extends ParsedConnectionOptions {
  readonly kw?: readonly string[];
  readonly for: number;
  readonly inFlight: number;
  readonly connections: number;
  readonly notify?: boolean;
  readonly json?: boolean;
}

/** Nothing of so much time before counts: code has to be hot, on the other side as well. */
const WARM_SHARE = 0.2;

/** `bjsonrpc bench`: how many calls of a method there are in a second, and how long each waits. */
export function addBench(program: Command, { terminal }: CommandContext): void {
  const command = program
    .command('bench')
    .summary('call a method again and again, and say how fast that is')
    .description(
      'Calls a method again and again, on one connection or many, and says how many calls there are in a second, and how long they wait. ' +
        'It is really called each time: choose one that may be. A fifth of the time goes before, to warm up. A call that fails ends it all.',
    )
    .argument('<url>', 'where to connect to')
    .argument('<method>', 'its full name')
    .argument('[args...]', 'what it is called with, as for call')
    .option('-k, --kw <name=value>', 'a keyword argument; may be repeated', collect)
    .option('--for <time>', 'how long', parseDuration, 5000)
    .option('-n, --in-flight <count>', 'calls under way at a time on each connection', parseCount, 1)
    .option('-c, --connections <count>', 'connections', parseCount, 1)
    .option('--notify', 'send notifications, which nobody answers; all of them arrive')
    .option('--json', 'print JSON at a terminal, too')
    .action(async (url: string, method: string, words: readonly string[], parsed: BenchOptions) => {
      const { kw: keywords = [], json = false, notify = false, inFlight, connections, ...rest } = parsed;
      if (rest.for === 0) throw usageFailure('--for 0: nothing can be measured in no time');
      const callback = () => (): undefined => undefined;
      const called = { method, args: callArguments({ words, keywords }, { callback }) };
      const options = connectionOptionsOf(rest);
      const sessions: Session[] = [];
      try {
        while (sessions.length < connections)
          sessions.push(await Session.open({ terminal, url, options, json, isWatched: false }));
        const callers = sessions.flatMap((session) =>
          notify
            ? [notifier(session, called)]
            : Array.from({ length: inFlight }, () => caller(session, called)),
        );
        const [first] = sessions as [Session];
        const measured = await first.explained(() => measureHere(callers, rest.for, terminal), method);
        const { out } = terminal;
        const isReadable = out.isTerminal && !json;
        await out.line(
          isReadable ? sentences(measured, !notify) : JSON.stringify(figures(measured, !notify)),
        );
      } finally {
        await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
      }
    });
  addConnectionOptions(command).addHelpText('after', urlHelp);
  addExamples(command, [
    ['bench :10123 add 2 3', 'one call after the other: what a call costs'],
    ['bench :10123 add 2 3 --in-flight 100 --connections 10', 'as many as there can be'],
    ['bench wss://example.org/rpc ping --for 30s --json', 'figures for a program'],
  ]);
}

/** While a person waits, a bar says how far it is. */
async function measureHere(
  callers: readonly (() => Promise<number>)[],
  ms: number,
  { err, interrupted: signal }: Terminal,
): Promise<Measured> {
  let running: Running | undefined;
  using _bar = new ProgressBar(err, () => {
    if (running === undefined) return { share: 0, text: 'warming up' };
    const tookMs = performance.now() - running.startMs;
    return { share: tookMs / ms, text: `${inGroups((running.count / tookMs) * 1000)}/s` };
  });
  return await measure({ callers, ms, warmMs: ms * WARM_SHARE, signal }, (started) => {
    running = started;
  });
}
