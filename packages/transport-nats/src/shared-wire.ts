import type { NatsConnection } from './nats-connection.js';
import { Wire } from './wire.js';

/** The one connection of NATS of a transport: opened when it is first needed, and closed when nobody needs it any more. */
export class SharedWire {
  readonly #open: () => Promise<NatsConnection>;
  readonly #isOurs: boolean;
  readonly #maxWindowsBytes: number;
  #wire: Promise<Wire> | undefined;
  #users = 0;

  /** `isOurs`: it is opened here, so it is closed here. */
  constructor(
    open: () => Promise<NatsConnection>,
    { isOurs, maxWindowsBytes }: { readonly isOurs: boolean; readonly maxWindowsBytes: number },
  ) {
    this.#open = open;
    this.#isOurs = isOurs;
    this.#maxWindowsBytes = maxWindowsBytes;
  }

  /** Whoever acquires it releases it once. */
  async acquire(): Promise<Wire> {
    this.#users++;
    try {
      for (;;) {
        const opening = (this.#wire ??= this.#opened());
        const wire = await opening;
        if (!wire.isClosed) return wire;
        if (this.#wire === opening) this.#wire = undefined;
        if (!this.#isOurs) throw new Error('The connection to NATS is closed');
      }
    } catch (error) {
      this.#users--;
      throw error;
    }
  }

  async release(): Promise<void> {
    if (--this.#users > 0 || !this.#isOurs) return;
    const wire = await this.#wire;
    if (this.#users > 0 || wire === undefined) return;
    this.#wire = undefined;
    if (wire.isUp) await wire.flush();
    await wire.connection.close();
  }

  #opened(): Promise<Wire> {
    const opening = this.#open().then((connection) => new Wire(connection, this.#maxWindowsBytes));
    opening.catch(() => {
      if (this.#wire === opening) this.#wire = undefined;
    });
    return opening;
  }
}
