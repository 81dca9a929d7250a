import { HEADER_BYTES } from './frames.js';
import type { NatsConnection, NatsStatus } from './nats-connection.js';
import { WindowBudget } from './window.js';

/** The most data in one message of NATS, whose servers take 1 MiB by default and advise against it. */
const PIECE_BYTES = 64 * 1024;

/** What those who use a wire hear of it. */
export interface WireWatcher {
  /** NATS is there again: what was sent in between is lost, and what came as well. */
  up(): void;
  /** NATS forbids to publish on that subject. */
  denied(subject: string, error: Error): void;
  /** The connection is closed for good. */
  closed(error: Error): void;
}

/** One connection of NATS, as all parts of this transport use it. */
export class Wire {
  readonly connection: NatsConnection;
  readonly budget: WindowBudget;
  readonly #watchers = new Set<WireWatcher>();
  #isUp = true;

  constructor(connection: NatsConnection, maxWindowsBytes: number) {
    this.connection = connection;
    this.budget = new WindowBudget(maxWindowsBytes);
    void this.#watch();
  }

  /** As far as is known: what is published just before it shows otherwise is lost. */
  get isUp(): boolean {
    return this.#isUp && !this.connection.isClosed();
  }
  get isClosed(): boolean {
    return this.connection.isClosed();
  }
  get pieceBytes(): number {
    return Math.min(this.connection.info?.max_payload ?? PIECE_BYTES, PIECE_BYTES) - HEADER_BYTES;
  }

  watch(watcher: WireWatcher): void {
    this.#watchers.add(watcher);
  }
  unwatch(watcher: WireWatcher): void {
    this.#watchers.delete(watcher);
  }

  /** Never throws: what cannot be published is as good as lost on the way. */
  publish(subject: string, data: Uint8Array, reply?: string): void {
    try {
      this.connection.publish(subject, data, reply === undefined ? {} : { reply });
    } catch {
      // Closed, or the server that it has just come to takes less at a time.
    }
  }

  /** All that was published or subscribed to before has come to the server, or NATS is away. */
  async flush(): Promise<void> {
    await this.connection.flush().catch(() => {});
  }

  async #watch(): Promise<void> {
    void this.connection.closed().then((error) => this.#closed(error));
    for await (const status of this.connection.status()) this.#take(status);
  }

  #take({ type, error }: NatsStatus): void {
    if (type === 'disconnect') this.#isUp = false;
    else if (type === 'reconnect') {
      this.#isUp = true;
      for (const watcher of [...this.#watchers]) watcher.up();
    } else if (type === 'error' && error !== undefined) this.#denied(error);
  }

  #denied(error: Error): void {
    if (!('operation' in error && 'subject' in error && error.operation === 'publish')) return;
    const subject = String(error.subject);
    const why = new Error(`NATS forbids to publish on ${subject}`, { cause: error });
    for (const watcher of [...this.#watchers]) watcher.denied(subject, why);
  }

  #closed(cause: unknown): void {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    const error = new Error(`the connection to NATS was closed${why}`, { cause });
    for (const watcher of [...this.#watchers]) watcher.closed(error);
  }
}
