import { BYTE_OPTION_KINDS, type ByteOptions, checkOptions, type OptionKind } from '@bjsonrpc/byte-stream';
import type { NatsConnection } from './nats-connection.js';
import { isSubject, isToken } from './subjects.js';
import { MAX_WINDOW_BYTES } from './window.js';

/** Where the service is, who one is, and the limits of each connection. Only `subject` has no default. */
export interface NatsOptions extends ByteOptions {
  /** The service: one or more words with dots between them. Its parts are subjects below this one. */
  readonly subject: string;
  /** Servers of NATS to connect to. Default: `127.0.0.1:4222`. */
  readonly servers?: string | readonly string[];
  /** How to log in, and TLS, for `servers`. */
  readonly login?: NatsLogin;
  /** A connection of yours instead of `servers`; it is not closed here. */
  readonly connection?: NatsConnection;
  /** Of a dial: the user's name, as NATS knows it: a token of every subject that this side publishes on. Default: none. */
  readonly user?: string;
  /** Of a listener: the subjects have the user's name, and `principal` is that. Needs permissions in the server. Default: false. */
  readonly users?: boolean;
  /** Of a dial: which instance. Of a listener: its name. Default: any; a random one. */
  readonly instance?: string;
  /** What a listener answers to `$SRV.INFO` as its version. Default: `0.0.0`. */
  readonly version?: string;
  /** Whether a listener answers to `$SRV`, by which tools of NATS find services. Default: true. */
  readonly discovery?: boolean;
  /**
   * Below this, a dialling side is answered. Default: `_INBOX`, and with a user `_INBOX.<user>`. Of a listener: below
   * what it answers, with `users` followed by the name. Default: `_INBOX`.
   */
  readonly inboxPrefix?: string;
  /** How long a dial may take, in milliseconds. Default: 10000. 0: for ever. */
  readonly handshakeTimeoutMs?: number;
  /** So long, in milliseconds, the other process may be silent before it is asked. Default: 1000. */
  readonly pingMs?: number;
  /**
   * With nobody listening there for so long, in milliseconds, it is gone: unless it had been silent for long before that, since NATS cuts
   * off who does not read. Default: 1500.
   */
  readonly goneMs?: number;
  /** With no sign of life for so long, in milliseconds, it is dead. Default: 20000. */
  readonly deadMs?: number;
  /** What the other side may have on its way to one connection at first, in bytes. Default: 32768. */
  readonly windowBytes?: number;
  /** The same for one that is read as fast as it comes. Default: 1 MiB. */
  readonly maxWindowBytes?: number;
  /**
   * All of these windows together, for one connection of NATS; beyond it, each new one is of 4096 bytes. A process that is
   * blocked with more than this pending holds up others' connections to the server, too. Default: 32 MiB.
   */
  readonly maxWindowsBytes?: number;
  /** A listener with so many connections leaves new ones to others. Default: 10000. */
  readonly maxConnections?: number;
  /** With `users`: the same of one user, whose further ones are refused. Default: 1000. */
  readonly maxConnectionsPerUser?: number;
}

/** How to log in to a server of NATS. */
export interface NatsLogin {
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** TLS: the options of `node:tls`, in PEM. Default: as the server wants it. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** Times and sizes, with the defaults filled in. */
export interface NatsLimits {
  readonly pingMs: number;
  readonly goneMs: number;
  readonly deadMs: number;
  readonly windowBytes: number;
  readonly maxWindowBytes: number;
  readonly maxWindowsBytes: number;
}

const subject: OptionKind = ['words with dots between them, without * and >', isSubject];
const token: OptionKind = ['one word, without dots, * and >', isToken];
const size: OptionKind = ['a number of bytes, 4096 or more', (value) => Number(value) >= 4096];
const windowSize: OptionKind = [
  `a number of bytes from 4096 to ${MAX_WINDOW_BYTES}`,
  (value) => Number(value) >= 4096 && Number(value) <= MAX_WINDOW_BYTES,
];

const KINDS: Readonly<Record<keyof NatsOptions, OptionKind>> = {
  ...BYTE_OPTION_KINDS,
  subject,
  servers: [
    'a string, or an array of them',
    (value) => [value].flat().every((one) => typeof one === 'string'),
  ],
  login: 'object',
  connection: 'object',
  user: token,
  users: 'boolean',
  instance: token,
  version: 'string',
  discovery: 'boolean',
  inboxPrefix: subject,
  handshakeTimeoutMs: 'amount',
  pingMs: 'amount',
  goneMs: 'amount',
  deadMs: 'amount',
  windowBytes: windowSize,
  maxWindowBytes: windowSize,
  maxWindowsBytes: size,
  maxConnections: 'amount',
  maxConnectionsPerUser: 'amount',
};

/** @throws TypeError for an option that there is not, that is missing, or of the wrong kind */
export function checkNatsOptions(what: string, options: NatsOptions): void {
  checkOptions(what, options, KINDS);
  if (options.subject === undefined) throw new TypeError(`${what}(): it needs a subject: the service's name`);
  if (options.connection !== undefined && (options.servers ?? options.login) !== undefined)
    throw new TypeError(`${what}(): a connection has its servers and login already`);
}

export function natsLimits(options: NatsOptions): NatsLimits {
  const windowBytes = options.windowBytes ?? 32 * 1024;
  return {
    pingMs: options.pingMs ?? 1000,
    goneMs: options.goneMs ?? 1500,
    deadMs: options.deadMs ?? 20_000,
    windowBytes,
    maxWindowBytes: Math.max(options.maxWindowBytes ?? 1024 * 1024, windowBytes),
    maxWindowsBytes: options.maxWindowsBytes ?? 32 * 1024 * 1024,
  };
}
