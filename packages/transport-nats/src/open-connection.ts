import { addressError, now } from '@bjsonrpc/byte-stream';
import { type ConnectionOptions, connect } from '@nats-io/transport-node';
import type { NatsConnection } from './nats-connection.js';
import type { NatsOptions } from './nats-options.js';

/** So long, in milliseconds, between two tries at the same server: who is away for a second or two is given up by others. */
const RECONNECT_MS = 100;
const RECONNECT_JITTER_MS = 50;
/** The client notices no sooner, in milliseconds, that a server has gone while it logs in. */
const LOGIN_MS = 2000;

/** Log in to one of the servers. Rejects with an error that names them. */
export async function openConnection({
  servers,
  login = {},
  handshakeTimeoutMs = 10_000,
}: NatsOptions): Promise<NatsConnection> {
  const where = [servers ?? '127.0.0.1:4222'].flat();
  const { tls, ...who } = login;
  const options: ConnectionOptions = {
    ...who,
    ...(tls === undefined ? {} : { tls }),
    servers: where,
    timeout: LOGIN_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    reconnectJitterTLS: RECONNECT_JITTER_MS,
    ignoreAuthErrorAbort: false,
  };
  const deadlineMs = now() + (handshakeTimeoutMs || Number.POSITIVE_INFINITY);
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      // The first time may take longer than coming back: this process, or a server, is busy.
      if (cause.name !== 'TimeoutError' || now() + LOGIN_MS > deadlineMs)
        throw addressError('Cannot connect to NATS at', where.join(', '), cause);
    }
  }
}
