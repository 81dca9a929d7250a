import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { addressError } from '@bjsonrpc/byte-stream';
import type { AbortSignalLike, Duplex } from '@bjsonrpc/protocol';
import { tcpDuplex } from './tcp-duplex.js';
import { describeAddress, hostOf, limitsOf, portOf, type TcpOptions } from './tcp-options.js';

/** Open one connection; over TLS, including the handshake. Rejects with an error that names the address, or with the signal's reason. */
export function dial(options: TcpOptions, signal?: AbortSignalLike): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const where = describeAddress(options);
    const socket = open(options);
    const onAbort = (): void => settle(() => reject(signal?.reason));
    const onError = (error: Error): void =>
      settle(() => reject(addressError('Cannot connect to', where, error)));
    const onClose = (): void => onError(new Error('the connection was closed'));
    const onReady = (): void => {
      release();
      resolve(tcpDuplex(socket, where, limitsOf(options)));
    };
    const release = (): void => {
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError).off('close', onClose).off(readyEvent, onReady);
    };
    const settle = (rejectIt: () => void): void => {
      release();
      // A socket that is being destroyed may have one more thing to complain about.
      socket.on('error', () => {});
      socket.destroy();
      rejectIt();
    };
    const readyEvent = options.tls === undefined ? 'connect' : 'secureConnect';
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError).on('close', onClose).on(readyEvent, onReady);
  });
}

function open(options: TcpOptions): Socket {
  const host = hostOf(options);
  const address = options.path === undefined ? { host, port: portOf(options) } : { path: options.path };
  if (options.tls === undefined) return connectTcp({ ...address, allowHalfOpen: true });
  // Node would send an IP address as the server's name, which TLS forbids.
  const name = options.path === undefined && isIP(host) === 0 ? { servername: host } : {};
  // The typings lack what the manual has.
  const tlsOptions: ConnectionOptions & { allowHalfOpen: boolean } = {
    ...name,
    ...options.tls,
    ...address,
    allowHalfOpen: true,
  };
  return connectTls(tlsOptions);
}
