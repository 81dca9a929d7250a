import type { Settings } from './resumable-options.js';

/** How much a session keeps for the other side: while there is a connection, and after it was lost. In characters. */
export class Allowance {
  readonly #settings: Pick<Settings, 'maxUnconfirmedChars' | 'maxAwayChars'>;
  /** Sent since the connection was lost. */
  #away = 0;

  constructor(settings: Pick<Settings, 'maxUnconfirmedChars' | 'maxAwayChars'>) {
    this.#settings = settings;
  }

  /** The connection was lost: what is sent from now on is counted. */
  begin(): void {
    this.#away = 0;
  }

  /**
   * So much more is sent, beside what the connection has not confirmed; undefined: while there is no connection.
   *
   * @returns whether it may be kept
   */
  admits(chars: number, unconfirmed: number | undefined): boolean {
    const { maxUnconfirmedChars, maxAwayChars } = this.#settings;
    if (unconfirmed !== undefined) return unconfirmed + chars <= maxUnconfirmedChars;
    this.#away += chars;
    return this.#away <= maxAwayChars;
  }
}
