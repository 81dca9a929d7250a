import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { addressError } from '@bjsonrpc/byte-stream';
import type { AbortSignalLike, Duplex } from '@bjsonrpc/protocol';
import { type ClientOptions, WebSocket } from 'ws';
import { connectionOptions, WsDuplex } from './ws-duplex.js';
import { limitsOf, urlOf, type WsOptions } from './ws-options.js';

/** Open one connection with the `ws` package. Rejects with an error that names the address, or with the signal's reason. */
export function dial(options: WsOptions, signal?: AbortSignalLike): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const url = urlOf(options);
    const limits = limitsOf(options);
    const socket = new WebSocket(url, clientOptions(options));
    let raw: Socket | undefined;
    const onAbort = (): void => fail(signal?.reason);
    const fail = (reason: unknown): void => {
      signal?.removeEventListener('abort', onAbort);
      // What is given up may have one more thing to complain about.
      socket.removeAllListeners().on('error', () => {});
      socket.terminate();
      reject(reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error) => fail(addressError('Cannot connect to', url, error)));
    socket.on('unexpected-response', (_request, response) => {
      void refusal(response).then((why) => fail(addressError('Cannot connect to', url, new Error(why))));
    });
    socket.on('upgrade', (response) => {
      raw = response.socket;
    });
    socket.on('open', () => {
      if (raw === undefined) throw new TypeError('ws opened without an upgrade');
      signal?.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
      resolve(new WsDuplex({ socket, raw, isClient: true, remote: url, limits }));
    });
  });
}

function clientOptions(options: WsOptions): ClientOptions {
  const limits = limitsOf(options);
  return {
    ...options.tls,
    ...connectionOptions(limits),
    handshakeTimeout: limits.handshakeTimeoutMs,
    ...(options.headers === undefined ? {} : { headers: options.headers }),
  };
}

/** The most of a refusal's text that is read. */
const MAX_REASON_BYTES = 200;

/** `the server answered 403 Forbidden: this origin is not allowed` */
async function refusal(response: IncomingMessage): Promise<string> {
  const status = response.statusCode ?? 0;
  let text = '';
  try {
    for await (const chunk of response) {
      if (!response.headers['content-type']?.startsWith('text/plain')) break;
      text += chunk;
      if (text.length > MAX_REASON_BYTES) break;
    }
  } catch {
    // The status says enough.
  }
  const why = text.slice(0, MAX_REASON_BYTES).trim();
  return `the server answered ${status} ${STATUS_CODES[status] ?? ''}${why && `: ${why}`}`;
}
