import type { Line } from './line.js';
import { Pulse, type PulseParts } from './pulse.js';

/** The connection that a session is on, if there is one, and what all of them have carried. */
export class Carrier {
  readonly #parts: Omit<PulseParts, 'isHeld'>;
  #line: Line | undefined;
  #pulse: Pulse | undefined;
  #isHeld = false;
  #keepsAlive = true;
  #bytesInBefore = 0;
  #bytesOutBefore = 0;

  /** The parts are those of the pulse by which a connection is watched. */
  constructor(parts: Omit<PulseParts, 'isHeld'>) {
    this.#parts = parts;
  }

  get line(): Line | undefined {
    return this.#line;
  }
  get bytesIn(): number {
    return this.#bytesInBefore + (this.#line?.bytesIn ?? 0);
  }
  get bytesOut(): number {
    return this.#bytesOutBefore + (this.#line?.bytesOut ?? 0);
  }
  get buffered(): number {
    return this.#line?.buffered ?? 0;
  }

  take(line: Line): void {
    this.#line = line;
    line.keepAlive(this.#keepsAlive);
    if (this.#isHeld) line.hold(true);
  }

  /** The other side has proven itself: from now on the connection is watched. */
  watch(line: Line): void {
    this.#pulse = new Pulse(line, { ...this.#parts, isHeld: () => this.#isHeld });
  }

  /** A message has arrived. */
  arrived(): void {
    this.#pulse?.arrived();
  }

  /** There is reason to doubt the connection. */
  kick(): void {
    this.#pulse?.kick();
  }

  /** It is gone. */
  drop(): void {
    this.#pulse?.stop();
    this.#pulse = undefined;
    this.#bytesInBefore = this.bytesIn;
    this.#bytesOutBefore = this.bytesOut;
    this.#line = undefined;
  }

  hold(on: boolean): void {
    if (on === this.#isHeld) return;
    this.#isHeld = on;
    this.#line?.hold(on);
  }

  keepAlive(on: boolean): void {
    this.#keepsAlive = on;
    this.#line?.keepAlive(on);
  }
}
