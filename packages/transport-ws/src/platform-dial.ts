import type { DialOptions, Duplex } from '@bjsonrpc/protocol';
import { type PlatformSocket, platformDuplex } from './platform-duplex.js';
import { clearTimeout, setTimeout } from './timers.js';
import { handshakeTimeoutOf, limitsOf, urlOf, type WsOptions } from './ws-options.js';

/** A class like the browser's WebSocket. */
export type PlatformWebSocket = new (url: string) => PlatformSocket;

/** The platform's WebSocket, if it has one. */
export function platformWebSocket(): PlatformWebSocket | undefined {
  return (globalThis as { WebSocket?: PlatformWebSocket }).WebSocket;
}

/** Open one connection. Rejects with an error that names the address, or with the signal's reason. */
export function dialPlatform(
  options: WsOptions,
  { signal, timeoutMs, maxMessageBytes }: DialOptions,
  WebSocket: PlatformWebSocket | undefined = platformWebSocket(),
): Promise<Duplex> {
  const url = urlOf(options);
  const limits = limitsOf(options, maxMessageBytes);
  const limitMs = handshakeTimeoutOf(limits, timeoutMs);
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (!WebSocket) throw new TypeError('There is no WebSocket here');
    const socket = new WebSocket(url);
    const settle = (error?: unknown): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.onopen = socket.onclose = socket.onerror = null;
      if (error === undefined) return resolve(platformDuplex(socket, url, limits));
      // Browsers log what happens to a socket given up; there is nobody here to be told.
      socket.onerror = () => {};
      socket.close();
      reject(error);
    };
    const fail = (why: string): void => settle(new Error(`Cannot connect to ${url}: ${why}`));
    const onAbort = (): void => settle(signal?.reason);
    // What is longer than a timer can wait would end it at once.
    const timer =
      limitMs < 2 ** 31 ? setTimeout(() => fail(`timed out after ${limitMs} ms`), limitMs) : undefined;
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.onopen = () => settle();
    socket.onclose = socket.onerror = () => fail('unreachable, or refused');
  });
}
