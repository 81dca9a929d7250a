import { connect, type Peer } from '@bjsonrpc/peer';
import { ws } from '@bjsonrpc/transport-ws';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** What is to be done with a connection, and what the user is to see of it. */
export interface Life<Api> {
  /** A connection is open. Throwing gives it up. */
  onOpen(peer: Peer<Api>): Promise<void>;
  /** There is none; the next attempt is so far away. */
  onWait(ms: number): void;
  /** An attempt begins. */
  onAttempt(): void;
  /** Resolves when the user does not want to wait. */
  impatience(): Promise<void>;
}

/** Keeps a connection open for as long as the page lives: each time it is lost, waits a little longer, and tries again. */
export async function stayConnected<Api>(url: URL, life: Life<Api>): Promise<never> {
  for (let failures = 0; ; failures++) {
    life.onAttempt();
    try {
      // Silence is noticed within twenty seconds, though no packet says so.
      const peer = await connect<Api>(ws(url), { pingInterval: 10_000 });
      try {
        await life.onOpen(peer);
        failures = 0;
        await peer.closed;
      } finally {
        peer.abort();
      }
    } catch (error) {
      console.info(error);
    }
    // Not all pages at once, after a server comes back.
    const wait = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.75 + Math.random() / 2);
    life.onWait(wait);
    await Promise.race([new Promise((resolve) => setTimeout(resolve, wait)), life.impatience()]);
  }
}
