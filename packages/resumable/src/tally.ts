import { type LostReason, SessionLostError } from './session-lost-error.js';

/** How many messages the program has given to a session, and what is to be said of them when it is lost. */
export class Tally {
  #sent = 0;
  #dropped = 0;

  /** One that gets a number. */
  sent(): void {
    this.#sent++;
  }

  /** One that came after the end. */
  dropped(): void {
    this.#dropped++;
  }

  /** The session is lost, and so many messages may have arrived: END among them, which is none of the program's. */
  lost(reason: LostReason, delivered: number, cause?: Error): SessionLostError {
    const undelivered = this.#dropped + Math.max(0, this.#sent - delivered);
    return new SessionLostError(reason, { undelivered, cause });
  }
}
