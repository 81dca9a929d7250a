import type { Attachments, ConnectionInfo, Duplex, ListenOptions, OnDuplex } from '@bjsonrpc/protocol';
import { type Claim, declineText, readClaim, refusalText, verdictText } from './claim.js';
import { Timer } from './clock.js';
import { KeptSession } from './kept-session.js';
import { Line } from './line.js';
import type { Settings } from './resumable-options.js';
import { safely } from './safely.js';
import { isSameSecret } from './secrets.js';
import { Session } from './session.js';
import type { LostReason } from './session-lost-error.js';
import { SessionTable } from './session-table.js';

/** Who says nothing for so long, in milliseconds, knows no sessions. */
const FIRST_MESSAGE_MS = 5000;

/** What is known of a connection. */
interface Incoming {
  readonly line: Line;
  readonly info: ConnectionInfo;
}

/** The accepting side: looks at the first message of each connection, and makes a session, resumes one, or does without. */
export class Acceptor {
  readonly #settings: Settings;
  readonly #onDuplex: OnDuplex;
  readonly #onRefused: ListenOptions['onRefused'];
  readonly #table: SessionTable;

  constructor(settings: Settings, onDuplex: OnDuplex, { onRefused }: ListenOptions = {}) {
    this.#settings = settings;
    this.#onDuplex = onDuplex;
    this.#onRefused = onRefused;
    this.#table = new SessionTable(settings);
  }

  /** A connection has come in. */
  accept(duplex: Duplex, info: ConnectionInfo): void {
    const timer = new Timer(this.#settings.clock);
    const first = (run: () => void): void => {
      timer.stop();
      run();
    };
    const line: Line = new Line(duplex, {
      onMessage: (text, attachments) => first(() => this.#read({ line, info }, text, attachments)),
      onEnd: () => first(() => this.#serve({ line, info }).hearEnd()),
      onClose: (error) => first(() => error && this.#refuse(error, info)),
    });
    timer.start(() => this.#serve({ line, info }), FIRST_MESSAGE_MS);
  }

  /** Nobody can come back any more: what is away is lost. What is connected lives on. */
  close(): void {
    this.#table.close();
  }

  #read(incoming: Incoming, text: string, attachments?: Attachments): void {
    const claim = readClaim(text);
    if (claim === undefined) this.#serve(incoming).hear(text, attachments);
    else if (claim === 'malformed') this.#decline(incoming, 'A claim of a session that is not understood');
    else if (claim.attempt > 1 || this.#table.knows(claim.id)) this.#resume(incoming, claim);
    else if (claim.received > 0) this.#turnAway(incoming, 'unknown');
    else if (this.#table.isFull) this.#decline(incoming, 'Too many sessions');
    else this.#begin(incoming, claim);
  }

  /** Without a session. */
  #serve({ line, info }: Incoming): Session {
    const session = new Session('plain', {
      settings: { ...this.#settings, onState: () => {} },
      keeper: { away() {}, grew() {}, over() {}, keepAlive() {} },
      maxMessageBytes: line.maxMessageBytes,
      carriesBytes: line.carriesBytes,
    });
    session.becomePlain(line);
    this.#onDuplex(session, info);
    return session;
  }

  #decline(incoming: Incoming, why: string): void {
    incoming.line.send(declineText(why));
    this.#serve(incoming);
  }

  #begin({ line, info }: Incoming, claim: Claim): void {
    const { maxMessageBytes, carriesBytes } = line;
    const kept = new KeptSession(claim, {
      info,
      settings: this.#settings,
      table: this.#table,
      maxMessageBytes,
      carriesBytes,
    });
    this.#table.add(kept);
    kept.session.connect(line, 0, this.#verdict(claim, 0));
    this.#onDuplex(kept.session, { ...info, session: kept.session.session });
  }

  #resume(incoming: Incoming, claim: Claim): void {
    const { line, info } = incoming;
    const remembered = this.#table.remembered(claim.id);
    const owner = this.#table.find(claim.id) ?? remembered;
    const isOwner =
      owner !== undefined &&
      isSameSecret(claim.token, owner.token) &&
      safely(() => this.#settings.samePrincipal(owner.principal, info.principal), false);
    // Whatever is wrong: who should not know learns nothing.
    if (!isOwner) return this.#turnAway(incoming, 'unknown');
    if (remembered !== undefined) return this.#turnAway(incoming, remembered.reason, remembered.received);
    const kept = this.#table.find(claim.id);
    if (kept === undefined || claim.attempt <= kept.attempt) return this.#turnAway(incoming, 'unknown');
    kept.attempt = claim.attempt;
    // First nothing of the old connection counts any more; then how much has arrived is known.
    kept.session.fence();
    const { received } = kept.session;
    kept.back();
    if (!kept.session.connect(line, claim.received, this.#verdict(claim, received)))
      this.#turnAway(incoming, 'mismatch', received);
  }

  #verdict({ attempt }: Claim, received: number): string {
    return verdictText({ attempt, received, keepMs: this.#settings.keepMs });
  }

  #turnAway({ line, info }: Incoming, reason: LostReason, received?: number): void {
    line.send(refusalText(reason, received));
    line.leave();
    this.#refuse(new Error(`A session was not resumed: ${reason}`), info);
  }

  #refuse(error: Error, info: ConnectionInfo): void {
    safely(() => this.#onRefused?.(error, info), undefined);
  }
}
