import { isDeepStrictEqual } from 'node:util';
import type { Attachments, Duplex } from '@bjsonrpc/protocol';
import type { RecordedMessage } from './recording.js';

/** A recorded message of the server that did not come, and what came in its place, if anything did. */
export interface Difference {
  readonly expected: string;
  readonly got: string | undefined;
}

/** How a recording is said again. */
export interface ReplayOptions {
  /** How long each message of the server is waited for, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Says on a new connection what the client said on the recorded one, and compares what comes back. The recorded order is kept: what
 * the client said after an answer is said after it. An answer is the one with its id, whenever it comes; other messages are
 * compared in their order. Two messages are equal as JSON: the order of members does not count.
 *
 * @throws the signal's reason
 */
export async function replay(
  duplex: Duplex,
  messages: readonly RecordedMessage[],
  { timeoutMs, signal }: ReplayOptions,
): Promise<readonly Difference[]> {
  const arrivals = new Arrivals();
  duplex.start(arrivals);
  const differences: Difference[] = [];
  try {
    for (const { from, text, attachments } of messages) {
      signal.throwIfAborted();
      if (from === 'client') await duplex.send(text, bytesOf(attachments));
      else {
        const got = await arrivals.next(keyOf(text), { timeoutMs, signal });
        if (got === undefined || !isDeepStrictEqual(jsonOf(got), jsonOf(text)))
          differences.push({ expected: text, got });
        if (got === undefined) break; // what follows may build on it
      }
    }
  } finally {
    duplex.close();
  }
  return differences;
}

/** What the server has said, until it is asked for. */
class Arrivals {
  readonly #texts: string[] = [];
  #closed = false;
  #changed = (): void => {};

  onMessage(text: string): void {
    this.#texts.push(text);
    this.#changed();
  }

  onClose(): void {
    this.#closed = true;
    this.#changed();
  }

  /** The first with that key; undefined if none came in time, or can come any more. */
  async next(key: string, { timeoutMs, signal }: ReplayOptions): Promise<string | undefined> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    limit.addEventListener('abort', () => this.#changed(), { once: true });
    for (;;) {
      const at = this.#texts.findIndex((text) => keyOf(text) === key);
      if (at >= 0) return this.#texts.splice(at, 1)[0];
      if (this.#closed || limit.aborted) break;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    signal.throwIfAborted();
    return undefined;
  }
}

/** What an arrived message is found by: of an answer its id; all others are alike. */
function keyOf(text: string): string {
  const { id, method } = (jsonOf(text) ?? {}) as { readonly id?: unknown; readonly method?: unknown };
  return id === undefined || id === null || method !== undefined ? 'no answer' : JSON.stringify(id);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function bytesOf(attachments: readonly string[] | undefined): Attachments | undefined {
  return attachments?.map((base64) => Uint8Array.from(Buffer.from(base64, 'base64')));
}
