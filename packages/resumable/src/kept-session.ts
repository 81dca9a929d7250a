import type { ConnectionInfo } from '@bjsonrpc/protocol';
import type { Claim } from './claim.js';
import { Timer } from './clock.js';
import type { Keeper } from './keeper.js';
import type { Settings } from './resumable-options.js';
import { safely } from './safely.js';
import { Session } from './session.js';
import type { LostReason } from './session-lost-error.js';

/** What is remembered of a lost session, for its owner. */
export interface Remembered {
  readonly token: string;
  readonly principal: unknown;
  readonly reason: LostReason;
  /** How much had arrived. */
  readonly received: number;
}

/** Where sessions are kept. */
export interface Keeping {
  /** Whether sessions can come back at all. */
  readonly isOpen: boolean;
  wentAway(kept: KeptSession, chars: number): void;
  grew(kept: KeptSession, chars: number): void;
  cameBack(kept: KeptSession): void;
  forget(kept: KeptSession, as: Remembered): void;
}

/** A session on the accepting side, and whose it is. */
export class KeptSession implements Keeper {
  readonly id: string;
  readonly token: string;
  readonly principal: unknown;
  /** Whom it counts for: the principal, where there is one, or the address. */
  readonly client: string;
  readonly session: Session;
  /** Of its newest connection. */
  attempt: number;
  readonly #table: Keeping;
  readonly #keepMs: number;
  readonly #timer: Timer;

  constructor(
    { id, token, attempt }: Claim,
    parts: {
      readonly info: ConnectionInfo;
      readonly settings: Settings;
      readonly table: Keeping;
      readonly maxMessageBytes: number | undefined;
      readonly carriesBytes: boolean;
    },
  ) {
    const { info, settings, table, maxMessageBytes, carriesBytes } = parts;
    this.id = id;
    this.token = token;
    this.attempt = attempt;
    this.principal = info.principal;
    this.client = clientOf(info);
    this.#table = table;
    this.#keepMs = settings.keepMs;
    this.#timer = new Timer(settings.clock);
    this.session = new Session(id, { settings, keeper: this, maxMessageBytes, carriesBytes });
  }

  away(error: Error | undefined): void {
    if (!this.#table.isOpen) return this.session.lose('closed');
    this.#timer.start(() => this.session.lose('expired'), this.#keepMs);
    this.session.report({ error });
    this.#table.wentAway(this, this.session.chars); // which may be too much
  }

  back(): void {
    this.#timer.stop();
    this.#table.cameBack(this);
  }

  grew(chars: number): void {
    this.#table.grew(this, chars);
  }

  over(reason: LostReason): void {
    this.back();
    const { token, principal, session } = this;
    this.#table.forget(this, { token, principal, reason, received: session.received });
  }

  keepAlive(): void {}
}

function clientOf({ principal, remoteAddress = '' }: ConnectionInfo): string {
  const name = safely(() => JSON.stringify(principal), undefined);
  return name === undefined ? remoteAddress.replace(/:\d+$/, '') : `principal ${name}`;
}
