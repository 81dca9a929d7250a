/** How many connections there may be at a time. */
export interface CrowdLimits {
  readonly maxConnections: number;
  /** From one address; of IPv6, from one network of 64 bits, which is what one subscriber has. */
  readonly maxConnectionsPerAddress: number;
}

/** What both kinds of network listeners have by default. */
export const CROWD_LIMITS: CrowdLimits = { maxConnections: 10_000, maxConnectionsPerAddress: 1000 };

/** Why somebody is turned away. */
export type Crowded = 'too many connections' | 'too many connections from this address';

/** Counts who is inside, or at the door. */
export class Crowd {
  readonly #limits: CrowdLimits;
  readonly #perNetwork = new Map<string, number>();
  #size = 0;

  constructor(limits: CrowdLimits) {
    this.#limits = limits;
  }

  /** One more, if there is room; whoever came in must {@link leave} once. No address: a unix socket. */
  enter(address: string | undefined): Crowded | undefined {
    const network = networkOf(address);
    const here = this.#perNetwork.get(network) ?? 0;
    if (this.#size >= this.#limits.maxConnections) return 'too many connections';
    if (network !== '' && here >= this.#limits.maxConnectionsPerAddress)
      return 'too many connections from this address';
    this.#size++;
    this.#perNetwork.set(network, here + 1);
    return undefined;
  }

  leave(address: string | undefined): void {
    const network = networkOf(address);
    const here = this.#perNetwork.get(network) ?? 0;
    this.#size--;
    if (here > 1) this.#perNetwork.set(network, here - 1);
    else this.#perNetwork.delete(network);
  }
}

function networkOf(address = ''): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [start = '', end] = address.split('::');
  const groups = start.split(':').map((group) => group || '0');
  const zeros = end === undefined ? 0 : 8 - groups.length - (end === '' ? 0 : end.split(':').length);
  return [...groups, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...(end ?? '').split(':')]
    .slice(0, 4)
    .join(':');
}
