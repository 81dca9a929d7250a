import type { Refusal } from './refusal.js';
import type { WsOptions } from './ws-options.js';

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
