import process from 'node:process';
import { ByteDuplex } from '@bjsonrpc/byte-stream';
import { pipeFraming } from './pipe-framing.js';
import { StandardOutput } from './standard-output.js';
import { pipeLimits, type StdioOptions } from './stdio-options.js';

/** A program has these streams once. */
let isTaken = false;

/**
 * The connection over this program's standard streams: the one there is.
 *
 * @throws Error if they are, or were, in use
 */
export function takeStandardStreams(options: StdioOptions, peerMaxMessageBytes?: number): ByteDuplex {
  if (isTaken) throw new Error('stdio(): the standard streams are one connection, and it has been opened');
  const { stdin } = process;
  const why = whyUnusable(stdin);
  if (why !== undefined) throw new Error(`stdio(): standard input cannot be used: ${why}`);
  isTaken = true;
  return new ByteDuplex({
    readable: stdin,
    writable: new StandardOutput(process),
    remote: 'the other side of the standard streams',
    framing: pipeFraming(options.framing),
    limits: pipeLimits(options, peerMaxMessageBytes),
  });
}

function whyUnusable(stdin: NodeJS.ReadStream): string | undefined {
  if (stdin.destroyed || stdin.readableEnded) return 'it is closed';
  if (stdin.readableFlowing === true || stdin.listenerCount('readable') > 0) return 'something else reads it';
  if (stdin.readableEncoding !== null) return 'it has an encoding: leave out setEncoding()';
  return undefined;
}
