import type { Server } from '@bjsonrpc/peer';

/** The shortest time that a rate is taken over. */
const WINDOW_MS = 400;

/** How many messages a second go through a server, both ways. Whoever asks too soon gets the last answer again. */
export function rateOf(peers: Server): () => number {
  let before = new Map<object, number>();
  let at = performance.now();
  let rate = 0;
  return () => {
    const now = performance.now();
    if (now - at < WINDOW_MS) return rate;
    const counts = new Map<object, number>();
    let messages = 0;
    for (const peer of peers.connections) {
      const { messagesIn, messagesOut } = peer.stats;
      counts.set(peer, messagesIn + messagesOut);
      messages += messagesIn + messagesOut - (before.get(peer) ?? 0);
    }
    rate = Math.round((messages * 1000) / (now - at));
    before = counts;
    at = now;
    return rate;
  };
}
