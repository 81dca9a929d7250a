import { type Frame, line } from './frames.js';

/** What a farewell needs of where it stands. */
export interface FarewellGround {
  readonly isUp: boolean;
  publish(subject: string, data: Uint8Array, reply?: string): void;
  over(farewell: Farewell): void;
}

/**
 * What is left of a conversation that was broken off here: it says so, again and again, until the other side says that it
 * knows. A conversation of which only one side knows that it has ended would live for ever.
 */
export class Farewell {
  readonly at: string;
  readonly #to: string;
  readonly #ground: FarewellGround;
  #looks = 0;
  #looksUp = 0;

  constructor(ground: FarewellGround, { at, to }: { readonly at: string; readonly to: string }) {
    this.#ground = ground;
    this.at = at;
    this.#to = to;
  }

  say(): void {
    this.#ground.publish(this.#to, line('R'), this.at);
  }

  receive({ kind }: Frame): void {
    if (kind === 'X' || kind === 'R') this.#ground.over(this);
    else if (kind === 'S') this.say();
  }

  /** It may be on its way back. */
  absent(): void {}

  look({ ping, dead }: { readonly ping: number; readonly dead: number }): void {
    this.#looks++;
    if (this.#ground.isUp) this.#looksUp++;
    if (this.#looks > dead || this.#looksUp > 2 * ping) this.#ground.over(this);
    else if (this.#looks % ping === 0) this.say();
  }
}
