import type { NatsMessage, NatsSubscription } from './nats-connection.js';
import type { Wire } from './wire.js';

/** One that can be left and joined again. */
export interface Membership {
  join(): void;
  leave(): void;
}

/** What a listener has subscribed to. */
export class Subscriptions {
  readonly #wire: Wire;
  readonly #open = new Set<NatsSubscription>();
  #denied: Error | undefined;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  add(subject: string, take: (message: NatsMessage) => void, queue?: string): Membership {
    let open: NatsSubscription | undefined;
    const join = (): void => {
      if (open !== undefined || this.#wire.isClosed) return;
      open = this.#wire.connection.subscribe(subject, {
        ...(queue === undefined ? {} : { queue }),
        callback: (error, message) => {
          if (error === null) take(message);
          else this.#denied ??= new Error(`NATS forbids to listen on ${subject}`, { cause: error });
        },
      });
      this.#open.add(open);
    };
    const leave = (): void => {
      if (open === undefined) return;
      this.#open.delete(open);
      void this.#drain(open);
      open = undefined;
    };
    join();
    return { join, leave };
  }

  publish(subject: string, data: Uint8Array): void {
    this.#wire.publish(subject, data);
  }

  /** NATS says later whether it allows it. Rejects when it did not. */
  async check(): Promise<void> {
    await this.#wire.flush();
    if (this.#denied !== undefined) throw this.#denied;
  }

  /** Resolves when nothing comes any more; what is on its way until then is still taken. */
  async close(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open.map((one) => this.#drain(one)));
  }

  async #drain(subscription: NatsSubscription): Promise<void> {
    if (!this.#wire.isUp) return this.#wire.isClosed ? undefined : subscription.unsubscribe();
    await subscription.drain().catch(() => {});
  }
}
