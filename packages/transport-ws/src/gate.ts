import type { IncomingHttpHeaders } from 'node:http';
import type { WsOptions } from './ws-options.js';

/** Why somebody is not let in: an HTTP status and a sentence for whoever wonders. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * What the headers alone decide: a request from a web page comes only from a page that is listed, and calls this server
 * only by a name that is.
 */
export function judge(headers: IncomingHttpHeaders, options: WsOptions): Refusal | undefined {
  const { allowedOrigins = [], allowedHosts = LOOPBACK } = options;
  // The second name is that of a draft which the ws package still speaks.
  const origin = headers.origin ?? headers['sec-websocket-origin'];
  if (origin !== undefined && !allowedOrigins.includes(String(origin))) {
    return { status: 403, why: 'this origin is not allowed' };
  }
  const host = headers.host?.toLowerCase() ?? '';
  const name = host.replace(/:\d*$/, '');
  if (!allowedHosts.some((allowed) => [host, name].includes(allowed.toLowerCase()))) {
    return { status: 403, why: 'this host name is not allowed' };
  }
  return undefined;
}

/** Counts who is inside, or at the door. */
export class Crowd {
  readonly #max: number;
  readonly #maxPerAddress: number;
  readonly #perAddress = new Map<string, number>();
  #size = 0;

  constructor({ maxConnections = 10_000, maxConnectionsPerAddress = 1000 }: WsOptions) {
    this.#max = maxConnections;
    this.#maxPerAddress = maxConnectionsPerAddress;
  }

  /** One more, if there is room; whoever came in must {@link leave} once. */
  enter(address: string): Refusal | undefined {
    const here = this.#perAddress.get(address) ?? 0;
    if (this.#size >= this.#max) return { status: 503, why: 'too many connections' };
    if (here >= this.#maxPerAddress) return { status: 429, why: 'too many connections from this address' };
    this.#size++;
    this.#perAddress.set(address, here + 1);
    return undefined;
  }

  leave(address: string): void {
    const here = this.#perAddress.get(address) ?? 0;
    this.#size--;
    if (here > 1) this.#perAddress.set(address, here - 1);
    else this.#perAddress.delete(address);
  }
}

/** Asks the hook, but not for ever. Never rejects. */
export async function authenticate(
  hook: () => unknown,
  timeoutMs: number,
): Promise<{ readonly principal: unknown } | Refusal> {
  const late = Symbol('late');
  let timer: NodeJS.Timeout | undefined;
  try {
    const timeout = new Promise((resolve) => {
      timer = setTimeout(() => resolve(late), timeoutMs);
    });
    const principal = await Promise.race([hook(), timeout]);
    if (principal === late) return { status: 503, why: 'authentication took too long' };
    if (principal === false) return { status: 403, why: 'not allowed' };
    if (principal !== undefined && principal !== null) return { principal };
  } catch {
    // What went wrong there is not for strangers.
  } finally {
    clearTimeout(timer);
  }
  return { status: 401, why: 'not authenticated' };
}
