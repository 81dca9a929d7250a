import { readFileSync } from 'node:fs';
import { usageFailure } from '../failure.js';

/** How messages are told apart where bytes flow. */
export type FramingName = 'lines' | 'content-length';

/** What the user said of the way there. Files are read when a transport is made. */
export interface TransportSettings {
  readonly framing?: FramingName | undefined;
  /** Files in PEM. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly servername?: string | undefined;
  /** Whether any certificate will do. */
  readonly insecure?: boolean | undefined;
  /** `name: value`, of the request that opens a WebSocket. */
  readonly headers?: readonly string[] | undefined;
  /** Whom a WebSocket listener lets in, besides what is let in by default. */
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly allowedHosts?: readonly string[] | undefined;
}

/** What all transports with TLS take. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** As a transport's option. */
export function framingOf({ framing }: TransportSettings): { readonly framing?: FramingName } {
  return framing === undefined ? {} : { framing };
}

/** The options of `node:tls`; undefined where nothing was said. @throws Failure for a file that cannot be read */
export function tlsOf(settings: TransportSettings): TlsOptions | undefined {
  const { ca, cert, key, servername, insecure } = settings;
  const options = {
    ...(ca !== undefined && { ca: pem('--ca', ca) }),
    ...(cert !== undefined && { cert: pem('--cert', cert) }),
    ...(key !== undefined && { key: pem('--key', key) }),
    ...(servername !== undefined && { servername }),
    ...(insecure && { rejectUnauthorized: false }),
  };
  return Object.keys(options).length === 0 ? undefined : options;
}

function pem(option: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usageFailure(`${option} ${path}: ${(error as Error).message}`);
  }
  // What is none, TLS would take for an empty one, and complain of the other side.
  if (!text.includes('-----BEGIN '))
    throw usageFailure(`${option} ${path}: not in PEM`, 'It begins with -----BEGIN.');
  return text;
}

/** As an object. @throws Failure for what is no header */
export function headersOf(headers: readonly string[] = []): { readonly [name: string]: string } {
  return Object.fromEntries(
    headers.map((header) => {
      const at = header.indexOf(':');
      if (at < 1) throw usageFailure(`--header ${header}: not name: value`);
      return [header.slice(0, at).trim(), header.slice(at + 1).trim()];
    }),
  );
}
