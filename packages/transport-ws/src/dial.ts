import { type ClientRequest, type IncomingMessage, STATUS_CODES } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { addressError, clearTimeout, dialTimeout, startTimer } from '@bjsonrpc/byte-stream';
import type { DialOptions, Duplex } from '@bjsonrpc/protocol';
import type { ClientOptions } from 'ws';
import { connectionOptions } from './connection-options.js';
import { deflatingOf } from './deflate.js';
import { nodeLimitsOf } from './node-limits.js';
import { WsDuplex } from './ws-duplex.js';
import { handshakeTimeoutOf, urlOf, type WsLimits, type WsOptions } from './ws-options.js';
import { wsPackage } from './ws-package.js';

/**
 * Open one connection with the `ws` package. Rejects with an error that names the address and, if it took too long,
 * what it was waiting for; or with the signal's reason.
 */
export async function dial(
  options: WsOptions,
  { signal, timeoutMs, maxMessageBytes }: DialOptions,
): Promise<Duplex> {
  const { WebSocket } = await wsPackage();
  if (signal?.aborted) throw signal.reason;
  return new Promise((resolve, reject) => {
    const url = urlOf(options);
    // Who was dialled need not speak first, or soon.
    const limits = { ...nodeLimitsOf(options, maxMessageBytes), firstMessageMs: 0 };
    const limitMs = handshakeTimeoutOf(limits, timeoutMs);
    let phase: Phase = 'the connection';
    const socket = new WebSocket(
      url,
      clientOptions(options, limits, (now) => {
        phase = now;
      }),
    );
    let raw: Socket | undefined;
    let refused: IncomingMessage | undefined;
    const onAbort = (): void => fail(signal?.reason);
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.removeAllListeners();
    };
    const fail = (reason: unknown): void => {
      release();
      // What is given up may have one more thing to complain about.
      socket.on('error', () => {});
      socket.terminate();
      reject(reason);
    };
    const timer = startTimer(() => {
      // The status of a refusal is there, and says enough.
      if (refused) refused.destroy();
      else fail(dialTimeout(url, limitMs, phase));
    }, limitMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error) => fail(addressError('Cannot connect to', url, error)));
    socket.on('unexpected-response', (_request, response) => {
      refused = response;
      void refusal(response).then((why) => fail(addressError('Cannot connect to', url, new Error(why))));
    });
    socket.on('upgrade', (response) => {
      raw = response.socket;
    });
    socket.on('open', () => {
      if (raw === undefined) throw new TypeError('ws opened without an upgrade');
      release();
      resolve(
        new WsDuplex({
          socket,
          raw,
          isClient: true,
          deflating: deflatingOf(socket, options),
          remote: url,
          limits,
        }),
      );
    });
  });
}

/** What is being waited for. */
type Phase = 'the address of the host' | 'the connection' | 'the TLS handshake' | "the server's answer";

function clientOptions(options: WsOptions, limits: WsLimits, onPhase: (phase: Phase) => void): ClientOptions {
  return {
    ...options.tls,
    ...connectionOptions(limits, options),
    finishRequest: (request) => {
      watchPhases(request, onPhase);
      request.end();
    },
    ...(options.headers === undefined ? {} : { headers: options.headers }),
  };
}

function watchPhases(request: ClientRequest, onPhase: (phase: Phase) => void): void {
  const isName = isIP(request.host) === 0;
  if (isName) onPhase('the address of the host');
  request.once('socket', (socket) => {
    const isSecure = 'encrypted' in socket;
    // What never happens would be waited for as long as the connection lives.
    if (isName) socket.once('lookup', () => onPhase('the connection'));
    socket.once('connect', () => onPhase(isSecure ? 'the TLS handshake' : "the server's answer"));
    if (isSecure) socket.once('secureConnect', () => onPhase("the server's answer"));
  });
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
