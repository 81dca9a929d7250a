import { usageFailure } from '../failure.js';
import { commandWords } from './command-words.js';

/** Where to dial or listen, as the user wrote it. */
export type Address =
  | { readonly kind: 'tcp' | 'tls'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'ws' | 'wss';
      readonly url: string;
      readonly host: string;
      readonly port: number;
      readonly path: string;
    }
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'nats';
      readonly servers: string;
      readonly subject: string;
      readonly user?: string;
      readonly pass?: string;
    }
  /** A program to start; without words: this program's own standard streams. */
  | { readonly kind: 'stdio'; readonly command: readonly string[] };

const FORMS =
  'One of tcp://host:port, tls://host:port, ws://host:port/path, wss://…, unix:/path, nats://host:port/subject, "stdio:command args".';
const DEFAULT_PORT = 10123;
const MAX_PORT = 65_535;

/** @throws Failure that says which forms there are */
export function parseAddress(text: string): Address {
  const [, scheme, rest = ''] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  switch (scheme) {
    case 'stdio':
      return { kind: 'stdio', command: commandWords(rest) };
    case 'unix':
      return unixAddress(text, rest);
    case 'tcp':
    case 'tls':
      return hostAddress(text, scheme);
    case 'ws':
    case 'wss':
      return webAddress(text, scheme);
    case 'nats':
      return natsAddress(text);
    case 'http':
    case 'https':
      throw usageFailure(
        `${text}: a request of HTTP is no lasting connection`,
        `If it takes WebSockets: ${text.replace('http', 'ws')}`,
      );
  }
  // What people write for short: localhost:10123, :10123, [::1]:10123.
  if (/^(\[[\da-f:.]+\]|[\w.-]*):\d+$/i.test(text))
    return hostAddress(`tcp://${text.startsWith(':') ? `127.0.0.1${text}` : text}`, 'tcp');
  throw usageFailure(`${text}: not a URL to connect to`, FORMS);
}

function unixAddress(text: string, rest: string): Address {
  const path = rest.replace(/^\/\/(?=\/)/, '');
  if (path === '')
    throw usageFailure(`${text}: the path of the socket is missing`, 'For example unix:/run/app.sock');
  return { kind: 'unix', path };
}

function hostAddress(text: string, kind: 'tcp' | 'tls'): Address {
  const { hostname, port, pathname, search } = urlOf(text);
  if (hostname === '') throw usageFailure(`${text}: the host is missing`, FORMS);
  if ((pathname !== '' && pathname !== '/') || search !== '')
    throw usageFailure(`${text}: ${kind} knows no paths`, `Did you mean ws${kind === 'tls' ? 's' : ''}://?`);
  return { kind, host: withoutBrackets(hostname), port: port === '' ? DEFAULT_PORT : Number(port) };
}

function webAddress(text: string, kind: 'ws' | 'wss'): Address {
  const { hostname, port, pathname } = urlOf(text);
  const standard = kind === 'wss' ? 443 : 80;
  return {
    kind,
    url: text,
    host: withoutBrackets(hostname),
    port: port === '' ? standard : Number(port),
    path: pathname,
  };
}

function natsAddress(text: string): Address {
  const { hostname, port, pathname, username, password } = urlOf(text);
  const subject = decodeURIComponent(pathname.slice(1));
  if (subject === '')
    throw usageFailure(`${text}: the subject is missing`, 'For example nats://127.0.0.1:4222/rpc.todo');
  return {
    kind: 'nats',
    servers: `${hostname === '' ? '127.0.0.1' : hostname}:${port === '' ? 4222 : port}`,
    subject,
    ...(username !== '' && { user: decodeURIComponent(username) }),
    ...(password !== '' && { pass: decodeURIComponent(password) }),
  };
}

function urlOf(text: string): URL {
  try {
    return new URL(text);
  } catch {
    const port = Number(/:(\d+)(?:\/|$)/.exec(text)?.[1]);
    throw usageFailure(`${text}: not a URL`, port > MAX_PORT ? `Ports end at ${MAX_PORT}.` : FORMS);
  }
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
