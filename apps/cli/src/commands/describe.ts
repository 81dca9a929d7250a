import type { Description, Peer } from '@bjsonrpc/peer';
import type { Command } from 'commander';
import { callArguments } from '../arguments/call-arguments.js';
import { callbackPrinter } from '../calls/callback-printer.js';
import {
  addConnectionOptions,
  connectionOptionsOf,
  type ParsedConnectionOptions,
} from '../connection/connection-options.js';
import type { DialectName } from '../connection/dialects.js';
import { isUnknownMethod } from '../connection/explain-call.js';
import { remoteMethod } from '../connection/remote-method.js';
import { Session } from '../connection/session.js';
import { exitCodes } from '../exit-codes.js';
import { Failure, usageFailure } from '../failure.js';
import { descriptionText } from '../printing/description-text.js';
import { heldOf } from '../printing/reference.js';
import type { CommandContext } from './command-context.js';
import { addExamples, urlHelp } from './help.js';

interface DescribeOptions extends ParsedConnectionOptions {
  readonly openrpc?: boolean;
  readonly json?: boolean;
}

/** `bjsonrpc describe`: what the other side publishes, or an object that a method of its gives. */
export function addDescribe(program: Command, { terminal }: CommandContext): void {
  const command = program
    .command('describe')
    .summary('say what may be called')
    .description(
      'Says what the other side publishes: names, parameters where they are declared (… where not), and what is said of them.\n\n' +
        'With the name of a method that gives an object, and what it takes, it is called, and its object is described.',
    )
    .argument('<url>', 'where to connect to')
    .argument('[object]', 'a method that gives an object')
    .argument('[args...]', 'what that is called with')
    .option('--openrpc', 'print an OpenRPC document')
    .option('--json', 'print JSON at a terminal, too')
    .action(
      async (url: string, method: string | undefined, words: readonly string[], parsed: DescribeOptions) => {
        const { openrpc, json = false, ...connection } = parsed;
        const { out } = terminal;
        const options = connectionOptionsOf(connection);
        const callback = callbackPrinter(terminal.err, 'readable');
        const args = callArguments({ words }, { callback });
        await using session = await Session.open({ terminal, url, options, json });
        const description = await session.explained(() => describe(session, { method, args }), method);
        if (openrpc) {
          const { openRpc } = await import('@bjsonrpc/peer/open-rpc');
          return await out.line(JSON.stringify(openRpc(description), undefined, out.isTerminal ? 2 : 0));
        }
        const isReadable = out.isTerminal && !json;
        await out.line(isReadable ? descriptionText(description, out) : JSON.stringify(description));
      },
    );
  addConnectionOptions(command).addHelpText('after', urlHelp);
  addExamples(command, [
    ['describe :10123', 'a server on this machine'],
    ['describe :10123 newList', 'the object that newList() gives'],
    ['describe ws://localhost:8080/rpc --openrpc > api.json', 'a document for the tools of OpenRPC'],
  ]);
}

async function describe(
  { peer, dialect }: Session,
  { method, args }: { readonly method: string | undefined; readonly args: readonly unknown[] },
): Promise<Description> {
  if (method === undefined) return await root(peer, dialect);
  const result = await remoteMethod(peer.call, method)(...args);
  if (heldOf(result) === undefined)
    throw usageFailure(`${method} gives no object`, 'Only what is passed by reference has methods.');
  return await peer.describe(result as object);
}

/** @throws Failure where the other side knows of no such thing */
async function root(peer: Peer, dialect: DialectName): Promise<Description> {
  try {
    return await peer.describe();
  } catch (error) {
    if (!isUnknownMethod(error)) throw error;
    throw new Failure('the other side does not say what it publishes', {
      exitCode: exitCodes.answeredWithError,
      advice:
        dialect === 'bjsonrpc'
          ? 'Its methods can be called all the same.'
          : 'Peers of bjsonrpc do: try it without --dialect.',
      cause: error,
    });
  }
}
