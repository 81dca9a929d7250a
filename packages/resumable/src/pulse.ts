import { type Clock, Timer } from './clock.js';

/** How long, in milliseconds, the other side may take to answer once there is reason to doubt the connection. */
const KICK_MS = 5000;

/** The counters of a connection. */
export interface Counters {
  readonly bytesIn: number;
  readonly buffered: number;
}

/** What a pulse looks at besides, and what it does. */
export interface PulseParts {
  readonly clock: Clock;
  /** How long what has arrived may be unconfirmed. */
  readonly ackMs: number;
  /** See `ResumableOptions`. */
  readonly silenceMs: number;
  /** Whether reading is held back, so that signs of life may be in there. */
  isHeld(): boolean;
  readonly acks: { readonly isOwed: boolean };
  sendAck(): void;
  sendProbe(): void;
  /** Nothing has been heard for too long. */
  onSilence(error: Error): void;
}

/**
 * What happens on one connection as time goes by: what has arrived is confirmed; a silent other side is asked for a sign of
 * life, and given up. Time is counted in looks: a process that was stopped, or busy, takes nobody for dead.
 */
export class Pulse {
  readonly #line: Counters;
  readonly #parts: PulseParts;
  readonly #timer: Timer;
  readonly #kickTimer: Timer;
  readonly #silentLooks: number;
  #looks = 0;
  #bytesIn = 0;
  #buffered = 0;
  #hasArrived = false;

  constructor(line: Counters, parts: PulseParts) {
    this.#line = line;
    this.#parts = parts;
    this.#timer = new Timer(parts.clock);
    this.#kickTimer = new Timer(parts.clock);
    this.#silentLooks = Math.ceil(parts.silenceMs / parts.ackMs);
    this.#bytesIn = line.bytesIn;
    if (this.#silentLooks > 0) this.#start();
  }

  stop(): void {
    this.#timer.stop();
    this.#kickTimer.stop();
  }

  /** A message has arrived. */
  arrived(): void {
    this.#hasArrived = true;
    if (!this.#timer.isRunning) this.#start();
  }

  /** There is reason to doubt the connection: it proves itself soon, or is given up. */
  kick(): void {
    if (this.#kickTimer.isRunning) return;
    const { sendProbe, onSilence } = this.#parts;
    const line = this.#line;
    const { bytesIn } = line;
    sendProbe();
    this.#kickTimer.start(() => {
      if (line.bytesIn === bytesIn)
        onSilence(new Error(`The connection gave no sign of life within ${KICK_MS} ms`));
    }, KICK_MS);
  }

  #start(): void {
    this.#timer.start(this.#look, this.#parts.ackMs);
  }

  readonly #look = (): void => {
    const line = this.#line;
    const { acks, isHeld, sendAck, sendProbe, onSilence, silenceMs } = this.#parts;
    const isComing = line.bytesIn !== this.#bytesIn;
    const isGoing = line.buffered < this.#buffered;
    this.#bytesIn = line.bytesIn;
    this.#buffered = line.buffered;
    this.#looks = isComing || isGoing || isHeld() ? 0 : this.#looks + 1;
    this.#start();
    // In the middle of a long message, or while it is not read, the other side hears nothing else.
    if (acks.isOwed || isHeld() || (isComing && !this.#hasArrived)) sendAck();
    else if (this.#silentLooks === 0 && !this.#hasArrived) this.#timer.stop();
    this.#hasArrived = false;
    if (this.#silentLooks === 0) return;
    if (this.#looks === this.#silentLooks) sendProbe();
    else if (this.#looks >= 2 * this.#silentLooks)
      onSilence(new Error(`The other side was silent for ${2 * silenceMs} ms, and asked for a sign of life`));
  };
}
