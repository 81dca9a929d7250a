import { type ConnectionInfo, errorObject, RpcError, TimeoutError } from '@bjsonrpc/protocol';
import type { CallOptions } from '../call-options.js';
import { acquire, open, relinquish } from '../lifetimes.js';
import type { Peer as FullPeer, PeerStats } from '../peer.js';
import type { Link } from './link.js';
import { Calls } from './proxies.js';

/** How long a graceful close waits for running calls. */
const GRACE_MS = 5000;

/** This end of a connection. What it has, it has as the full Peer does. */
export class Peer extends Calls implements AsyncDisposable {
  readonly #link: Link;
  readonly info: ConnectionInfo;
  readonly closed: Promise<void>;

  constructor(link: Link, transport: string) {
    super(link);
    this.#link = link;
    this.info = { transport };
    link.peer = this as unknown as FullPeer<unknown>;
    const { handler } = link.settings;
    if (handler) acquire(handler, link.peer);
    const stop = keepAlive(link, () => this.ping());
    this.closed = new Promise((resolve) => {
      link.onEnded = () => {
        stop();
        if (handler) void link.guard(() => relinquish(handler));
        resolve();
      };
    });
    link.start();
    if (handler)
      open(handler).catch((error: unknown) => {
        void link.guard(() => Promise.reject(error));
        this.abort(new RpcError(errorObject(error).message, { cause: error }));
      });
  }

  with(options: CallOptions): Calls {
    return new Calls(this.#link, { options });
  }

  get stats(): Pick<PeerStats, 'pending' | 'running' | 'exported' | 'imported' | 'stray'> {
    const { pending, calls, exports, imports, stray } = this.#link;
    return {
      pending: pending.size,
      running: calls.size,
      exported: exports.size,
      imported: imports.size,
      stray,
    };
  }

  async drain(): Promise<void> {
    await this.#link.room;
  }

  async ping(options?: CallOptions): Promise<void> {
    const link = this.#link;
    await link.invoke('call', { link, method: '$/ping' }, [], options);
  }

  async close({ graceMs = GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    const link = this.#link;
    const { clock } = link.settings;
    if (!link.isLeaving) {
      link.isLeaving = true;
      link.sendControl('$/bye');
      let timer: unknown;
      await new Promise<void>((resolve) => {
        link.whenIdle = resolve;
        timer = clock.setTimeout(resolve, graceMs);
        if (link.calls.size === 0) resolve();
      });
      clock.clearTimeout(timer);
      link.duplex.close();
    }
    await this.closed;
  }

  abort(error: Error = new Error('The connection was aborted')): void {
    this.#link.duplex.close(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Pings a silent other side, and closes the connection when it stays so (section 11). @returns what stops it */
function keepAlive(link: Link, ping: () => Promise<void>): () => void {
  const { clock, pingInterval = 0 } = link.settings;
  let seen = -1;
  let isWaiting = false;
  let timer: unknown;
  const arm = (): void => {
    timer = clock.setTimeout(() => {
      // Who still has much to read cannot have answered: whether it reads is the transport's to watch.
      const isSilent = link.duplex.bytesIn === seen && !link.duplex.buffered;
      seen = link.duplex.bytesIn;
      if (isSilent && isWaiting)
        return link.duplex.close(new TimeoutError(`The other side was silent for ${2 * pingInterval} ms`));
      isWaiting = isSilent;
      if (isSilent) ping().catch(() => {}); // its answer counts, whatever it is; its absence is seen above
      arm();
    }, pingInterval);
  };
  if (pingInterval > 0) arm();
  return () => clock.clearTimeout(timer);
}
