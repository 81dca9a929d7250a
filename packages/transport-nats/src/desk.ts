import type { SharedWire } from './shared-wire.js';
import type { Station } from './station.js';
import type { Wire } from './wire.js';

/** A station, and the connection of NATS that it stands on, as long as either is needed. */
export class Desk {
  readonly wire: Wire;
  readonly station: Station;
  readonly base: string;
  readonly #release: () => Promise<void>;
  /** Dials under way, or a listener that is open: it is needed though nobody talks. */
  dials = 0;
  #isClosed = false;

  private constructor(parts: { wire: Wire; station: Station; base: string; release: () => Promise<void> }) {
    this.wire = parts.wire;
    this.station = parts.station;
    this.base = parts.base;
    this.#release = parts.release;
  }

  static async open(
    shared: SharedWire,
    make: (wire: Wire, idle: () => void) => { readonly station: Station; readonly base: string },
  ): Promise<Desk> {
    const wire = await shared.acquire();
    const { station, base } = make(wire, () => desk.idle());
    const desk = new Desk({ wire, station, base, release: () => shared.release() });
    try {
      await station.open();
    } catch (error) {
      await shared.release();
      throw error;
    }
    return desk;
  }

  get isClosed(): boolean {
    return this.#isClosed || this.wire.isClosed;
  }

  /** Nobody talks. */
  idle(): void {
    if (this.dials === 0) this.#close();
  }

  closeIfIdle(): void {
    if (this.dials === 0 && !this.station.isBusy) this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.station.close();
    void this.#release();
  }
}
