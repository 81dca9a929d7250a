import { connect, isIP, type NetConnectOpts } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { addressError, clearTimeout, dialTimeout, startTimer } from '@bjsonrpc/byte-stream';
import type { DialOptions, Duplex } from '@bjsonrpc/protocol';
import { tcpDuplex } from './tcp-duplex.js';
import {
  describeAddress,
  handshakeTimeoutOf,
  hostOf,
  limitsOf,
  portOf,
  type TcpOptions,
} from './tcp-options.js';

/**
 * Open one connection; over TLS, including the handshake. Rejects with an error that names the address and, if it took
 * too long, what it was waiting for; or with the signal's reason.
 */
export async function dial(
  options: TcpOptions,
  { signal, timeoutMs, maxMessageBytes }: DialOptions,
): Promise<Duplex> {
  // It takes its time to load, and most do without.
  const tls = options.tls && (await import('node:tls'));
  if (signal?.aborted) throw signal.reason;
  const socket = tls ? tls.connect(tlsOptionsOf(options)) : connect(addressOf(options));
  return new Promise((resolve, reject) => {
    const where = describeAddress(options);
    const limitMs = handshakeTimeoutOf(options, timeoutMs);
    let phase: Phase = options.path === undefined && isIP(hostOf(options)) === 0 ? 'lookup' : 'connect';
    const onAbort = (): void => settle(() => reject(signal?.reason));
    const onError = (error: Error): void => settle(() => reject(explained(error, where, phase)));
    const onClose = (): void => onError(new Error('the connection was closed'));
    const onLookup = (): void => {
      phase = 'connect';
    };
    const onConnect = (): void => {
      phase = 'handshake';
    };
    const onReady = (): void => {
      release();
      // Who was dialled need not speak first, or soon.
      const limits = { ...limitsOf(options, maxMessageBytes), firstMessageMs: 0 };
      resolve(tcpDuplex(socket, where, { limits, framing: options.framing }));
    };
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError).off('close', onClose).off(readyEvent, onReady);
      socket.off('lookup', onLookup).off('connect', onConnect);
    };
    const settle = (rejectIt: () => void): void => {
      release();
      // A socket that is being destroyed may have one more thing to complain about.
      socket.on('error', () => {});
      socket.destroy();
      rejectIt();
    };
    const timer = startTimer(() => {
      settle(() => reject(dialTimeout(where, limitMs, WAITING_FOR[phase])));
    }, limitMs);
    const readyEvent = options.tls === undefined ? 'connect' : 'secureConnect';
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError).on('close', onClose).on(readyEvent, onReady);
    socket.on('lookup', onLookup).on('connect', onConnect);
  });
}

/** What is being waited for. */
type Phase = 'lookup' | 'connect' | 'handshake';

const WAITING_FOR = {
  lookup: 'the address of the host',
  connect: 'the connection',
  handshake: 'the TLS handshake',
} as const;

function explained(error: NodeJS.ErrnoException, where: string, phase: Phase): Error {
  const { code } = error;
  if (phase !== 'handshake' || code !== 'ECONNRESET') return addressError('Cannot connect to', where, error);
  // Who hangs up on a TLS hello most likely expected something else.
  const why = 'the connection was closed during the TLS handshake; does the other side speak TLS?';
  return Object.assign(new Error(`Cannot connect to ${where}: ${why}`, { cause: error }), { code });
}

function addressOf(options: TcpOptions): NetConnectOpts {
  const { path } = options;
  const address = path === undefined ? { host: hostOf(options), port: portOf(options) } : { path };
  return { ...address, allowHalfOpen: true };
}

/** The typings lack what the manual has. */
function tlsOptionsOf(options: TcpOptions): ConnectionOptions & { allowHalfOpen?: boolean | undefined } {
  const host = hostOf(options);
  // Node would send an IP address as the server's name, which TLS forbids.
  const name = options.path === undefined && isIP(host) === 0 ? { servername: host } : {};
  return { ...name, ...options.tls, ...addressOf(options) };
}
