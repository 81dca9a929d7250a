import { lstat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { addressError, clearTimeout, startTimer } from '@bjsonrpc/byte-stream';
import { withPathLock } from './path-lock.js';
import { describeAddress, hostOf, portOf, type TcpOptions } from './tcp-options.js';

/** How long a socket may take to answer the question whether anybody listens there, in milliseconds. */
const PROBE_MS = 1000;

/**
 * Listen where the options say, taking over the file of a unix socket whose process died without removing it. However
 * many try that at once, one succeeds. Rejects with an error that names the address.
 */
export async function bind(server: Server, options: TcpOptions): Promise<void> {
  const where = describeAddress(options);
  const taken = await bindOrTakeOver(server, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') error = Object.assign(new Error('no such directory'), { cause: error });
    throw addressError('Cannot listen on', where, error);
  });
  if (taken !== undefined) {
    throw Object.assign(new Error(`Cannot listen on ${where}: the address is in use: ${taken}`), {
      code: 'EADDRINUSE',
    });
  }
}

/** Resolves to who is there already, if the path is taken. */
async function bindOrTakeOver(server: Server, options: TcpOptions): Promise<string | undefined> {
  const { path } = options;
  // A Windows pipe has no file, and goes with its process.
  if (path === undefined || path.startsWith('\\\\')) {
    await bindOnce(server, path === undefined ? { host: hostOf(options), port: portOf(options) } : { path });
    return undefined;
  }
  return withPathLock(path, async () => {
    const found = await whatIsAt(path);
    if (found === 'a live socket') return 'another server listens there';
    if (found === 'a file') return 'there is a file that is no socket';
    if (found === 'a dead socket') await unlink(path);
    await bindOnce(server, { path });
    return undefined;
  });
}

function bindOnce(server: Server, where: { host: string; port: number } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Dialling tells the socket of a server from one that was left behind; an ordinary file is not ours to remove. */
async function whatIsAt(path: string): Promise<'a live socket' | 'a dead socket' | 'a file' | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  if (!stats.isSocket()) return 'a file';
  return new Promise((resolve) => {
    const probe = connect({ path });
    const settle = (found: 'a live socket' | 'a dead socket'): void => {
      clearTimeout(timer);
      probe.destroy();
      resolve(found);
    };
    // One that does not answer, or is too busy to, is there all the same.
    const timer = startTimer(() => settle('a live socket'), PROBE_MS);
    probe.once('connect', () => settle('a live socket'));
    probe.on('error', ({ code }: NodeJS.ErrnoException) =>
      settle(code === 'ECONNREFUSED' ? 'a dead socket' : 'a live socket'),
    );
  });
}
