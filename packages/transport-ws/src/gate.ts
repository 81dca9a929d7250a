import type { IncomingHttpHeaders } from 'node:http';
import { networkInterfaces } from 'node:os';
import { type HostName, parseHost } from './host-name.js';
import type { Refusal } from './refusal.js';
import { bracketed, type WsOptions } from './ws-options.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const EVERYWHERE = ['0.0.0.0', '::'];

/** Where a request came in. */
export interface Entrance {
  /** The address that the server listens on. */
  readonly bound: string | undefined;
  /** The address of this machine that the connection was made to. */
  readonly local: string | undefined;
}

/**
 * What the headers alone decide. A request calls this server only by a name that is its own: a page can have a name of
 * its own point at this machine ("DNS rebinding"), but its requests carry that name. Only then does the name say which
 * pages are this server's; a request from any other page must be listed.
 */
export function judge(
  headers: IncomingHttpHeaders,
  options: WsOptions,
  entrance: Entrance,
): Refusal | undefined {
  const host = parseHost(headers.host ?? '');
  if (host === undefined || !isAllowedHost(host, options, entrance)) {
    return { status: 403, why: 'this host name is not allowed', detail: headers.host ?? 'none' };
  }
  // The second name is that of a draft which the ws package still speaks.
  const origin = headers.origin ?? headers['sec-websocket-origin'];
  if (origin !== undefined && !isAllowedOrigin(String(origin), host, options)) {
    return { status: 403, why: 'this origin is not allowed', detail: String(origin) };
  }
  return undefined;
}

function isAllowedHost(host: HostName, { allowedHosts, host: given }: WsOptions, at: Entrance): boolean {
  if (allowedHosts !== undefined) {
    return allowedHosts.map(parseHost).some((allowed) => {
      return allowed?.name === host.name && (allowed.port === undefined || allowed.port === host.port);
    });
  }
  const isOwn = (address: string | undefined): boolean =>
    address !== undefined && parseHost(bracketed(withoutMapping(address)))?.name === host.name;
  if (LOOPBACK.includes(host.name) || isOwn(given) || isOwn(at.bound)) return true;
  if (!EVERYWHERE.includes(at.bound ?? '')) return false;
  return (
    isOwn(at.local) ||
    Object.values(networkInterfaces())
      .flat()
      .some((found) => isOwn(found?.address))
  );
}

/** How IPv6 sockets write the IPv4 addresses that come in over them. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, '');
}

function isAllowedOrigin(origin: string, host: HostName, { allowedOrigins = [] }: WsOptions): boolean {
  // What any sandboxed page sends is nobody's name.
  if (origin === 'null') return false;
  return allowedOrigins.includes(origin) || isOwnOrigin(origin, host);
}

/** Whether the page came from where its request goes. Which of http and https that was a proxy may have changed. */
function isOwnOrigin(origin: string, host: HostName): boolean {
  const [, scheme, rest = ''] = /^(https?):\/\/(.*)$/.exec(origin) ?? [];
  const page = parseHost(rest);
  if (page === undefined || rest !== rest.toLowerCase()) return false;
  const defaultPort = scheme === 'https' ? 443 : 80;
  return page.name === host.name && (page.port ?? defaultPort) === (host.port ?? defaultPort);
}
