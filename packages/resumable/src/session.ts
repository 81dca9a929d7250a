import type { CloseDetails, Duplex, Receiver, SessionInfo } from '@bjsonrpc/protocol';
import { Acks } from './acks.js';
import { Carrier } from './carrier.js';
import { Controls } from './control.js';
import { Goodbye } from './goodbye.js';
import { Inbox } from './inbox.js';
import { Inflow } from './inflow.js';
import { type Keeper, type State, sessionInfo } from './keeper.js';
import type { Line } from './line.js';
import { nextTurn } from './next-turn.js';
import { Outflow } from './outflow.js';
import type { SessionChange, Settings } from './resumable-options.js';
import { type LostReason, SessionLostError } from './session-lost-error.js';
import { giveWay } from './timers.js';

/** What a session is made of. */
export interface SessionParts {
  readonly settings: Settings;
  readonly keeper: Keeper;
  readonly maxMessageBytes: number | undefined;
}

/**
 * One end of a session: a Duplex that goes on over one connection after another. What comes before the other side has proven
 * itself is its keeper's business; so is what happens while it is away.
 *
 *     opening ──> connected ⇄ away            (each ──> lost, closed)
 *        └──────> plain                       the other side knows no sessions: the connection as it is, and nothing more
 */
export class Session implements Duplex {
  /** What programs may know of it. */
  readonly session: SessionInfo;
  readonly maxMessageBytes: number | undefined;
  readonly #settings: Settings;
  readonly #keeper: Keeper;
  readonly #controls: Controls;
  readonly #acks = new Acks();
  readonly #out: Outflow;
  readonly #in: Inflow;
  readonly #inbox: Inbox;
  readonly #carrier = new Carrier();
  readonly #goodbye: Goodbye;
  #state: State = 'opening';
  #isClosing = false;
  #keepsAlive = true;
  /** Messages of the program that were numbered, and others that were dropped after the close. */
  #sends = 0;
  #dropped = 0;
  /** Characters sent since the connection was lost. */
  #awayChars = 0;

  constructor(id: string, { settings, keeper, maxMessageBytes }: SessionParts) {
    this.session = sessionInfo(id, () => this.#state);
    this.#settings = settings;
    this.#keeper = keeper;
    this.maxMessageBytes = maxMessageBytes;
    this.#controls = new Controls(id);
    this.#inbox = new Inbox({
      onFull: () => this.#hold(),
      onEndUnheard: () => giveWay(() => this.close()),
    });
    this.#out = new Outflow({
      acks: this.#acks,
      ackText: (received) => this.#controls.ack(received),
      onPumped: () => this.#hold(),
    });
    this.#goodbye = new Goodbye({
      clock: settings.clock,
      out: this.#out,
      end: this.#controls.end,
      progress: () => ({ confirmed: this.#out.confirmed, bytesOut: this.bytesOut, buffered: this.buffered }),
      onDone: () => this.#finish(),
      onStuck: () => this.#closeIsStuck(),
    });
    this.#in = new Inflow({
      controls: this.#controls,
      acks: this.#acks,
      inbox: this.#inbox,
      out: this.#out,
      settings,
      onArrived: () => this.#carrier.arrived(),
      weigh: () => this.#hold(),
      onConfirmed: (canBe) => (canBe ? this.#goodbye.check() : this.lose('mismatch')),
      onEnd: () => this.#finish(),
      onAbort: () => {
        this.#line?.leave();
        this.#end('aborted', true, () => this.#lost('aborted', this.#out.handed));
      },
    });
  }

  // What its keeper sees of it.

  get isOver(): boolean {
    return this.#state === 'lost' || this.#state === 'closed';
  }
  /** How many of the other side's messages have arrived. */
  get received(): number {
    return this.#acks.received;
  }
  /** Text that is kept for it. */
  get chars(): number {
    return this.#out.chars + this.#inbox.chars;
  }
  get keepsAlive(): boolean {
    return this.#keepsAlive || this.#isClosing;
  }

  // The Duplex.

  get bytesIn(): number {
    return this.#carrier.bytesIn;
  }
  get bytesOut(): number {
    return this.#carrier.bytesOut;
  }
  get buffered(): number {
    return this.#state === 'plain' ? this.#carrier.buffered : this.#out.buffered;
  }

  start(receiver: Receiver): void {
    this.#inbox.start(receiver);
  }

  send(message: string): Promise<void> | undefined {
    if (this.#isClosing || this.isOver) {
      this.#dropped++;
      return nextTurn();
    }
    if (this.#state === 'plain') return this.#line?.send(message);
    this.#sends++;
    const isAway = this.#line === undefined;
    if (!isAway && this.#out.chars + message.length > this.#settings.maxUnconfirmedChars)
      this.lose('overflow');
    else this.#out.push(this.#controls.plain(message));
    if (isAway) this.#keep(message.length);
    return this.isOver ? nextTurn() : this.#out.room();
  }

  hold(on: boolean): void {
    this.#inbox.hold(on);
    this.#hold();
  }

  ref(): void {
    this.#keepAlive(true);
  }
  unref(): void {
    this.#keepAlive(false);
  }

  close(error?: Error): void {
    if (this.isOver) return;
    if (error !== undefined) return this.#abort(error);
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#inbox.deafen();
    if (this.#state === 'plain') return this.#line?.close();
    this.#keepAlive(this.#keepsAlive);
    if (this.#state !== 'opening') this.#goodbye.say();
    this.#goodbye.watch();
  }

  // For its keeper: the connections.

  /** Begin on a connection whose other side is yet to prove itself: messages are sent, and nothing else. */
  open(line: Line): void {
    this.#carrier.take(line);
    this.#out.begin(line);
    this.report();
  }

  /**
   * The other side has proven itself, and says that so much has arrived. `hello` is said before all else.
   *
   * @returns whether that can be; if not, the session is lost
   */
  connect(line: Line, received: number, hello?: string): boolean {
    const isNew = line !== this.#line;
    if (!(isNew ? this.#out.rewind(received) : this.#out.confirm(received))) {
      this.lose('mismatch');
      return false;
    }
    if (hello !== undefined) line.send(hello);
    this.#acks.tell(); // by the claim, or by its answer
    if (isNew) this.#carrier.take(line);
    line.giveTo({
      onMessage: (text) => this.#in.hear(text),
      onEnd: () => this.#cut(new Error('The other side has ended the connection')),
      onClose: (error) => this.fail(error),
    });
    const { clock, ackMs, silenceMs } = this.#settings;
    this.#carrier.watch(line, {
      clock,
      ackMs,
      silenceMs,
      acks: this.#acks,
      sendAck: () => this.#out.ack(),
      sendProbe: () => this.#out.say(this.#controls.probe),
      onSilence: (silence) => this.#cut(silence),
    });
    this.#state = 'connected';
    if (isNew) this.#out.begin(line);
    if (this.#isClosing) this.#goodbye.say();
    this.#goodbye.check();
    if (!this.isOver) this.report();
    return true;
  }

  /** The other side knows no sessions, and what was sent is its business now. */
  becomePlain(line: Line, isToBeSwallowed: (text: string) => boolean = () => false): void {
    if (line !== this.#line) this.#carrier.take(line);
    this.#out.finish(line);
    this.#goodbye.stop();
    this.#state = 'plain';
    line.giveTo({
      onMessage: (text) => {
        if (!isToBeSwallowed(text)) this.#inbox.put(text);
      },
      onEnd: () => this.#inbox.halfClose(),
      onClose: (error) => this.#end('closed', true, () => error),
    });
    this.#hold();
    this.report();
    if (this.#isClosing) line.close();
  }

  /** A message of a plain other side, or the end of its half, that was read by somebody else. */
  hear(text: string): void {
    this.#inbox.put(text);
  }
  hearEnd(): void {
    this.#inbox.halfClose();
  }

  /** Leave the connection, so that not another message of it counts; there will be another one. */
  fence(): void {
    this.#line?.leave(new Error('The session goes on over another connection'));
    this.#drop();
  }

  /** The connection was lost, or is to be. */
  fail(error: (Error & CloseDetails) | undefined): void {
    if (this.isOver) return;
    this.#drop();
    if (error?.isFault) return this.#end('fault', false, () => this.#lost('fault', this.#out.handed, error));
    this.#awayChars = 0;
    this.#state = 'away';
    this.#keeper.away(error);
  }

  /** There is reason to doubt the connection. */
  kick(): void {
    this.#carrier.kick();
  }

  /** It is gone for good. `received`: so much had arrived, as the other side knows. */
  lose(reason: LostReason, received?: number): void {
    if (this.isOver) return;
    const { last, handed } = this.#out;
    const delivered = received === undefined ? handed : Math.min(received, handed);
    // Nobody is left who could confirm it, and nothing is left to be confirmed.
    if (this.#goodbye.isSaid && reason === 'ended' && delivered === last) return this.#finish();
    const lost = (): SessionLostError => this.#lost(reason, delivered);
    this.#end(reason, this.#breakOff(lost()), lost);
  }

  /** Tell the program how things are. */
  report(more: Omit<SessionChange, 'state' | 'session'> = {}): void {
    try {
      this.#settings.onState({ state: this.#state, session: this.session, ...more });
    } catch {
      // its own fault, and nobody else's
    }
  }

  #cut(error: Error): void {
    this.#line?.leave(error);
    this.fail(error);
  }

  #drop(): void {
    this.#carrier.drop();
    this.#out.pause();
  }

  #keepAlive(on: boolean): void {
    this.#keepsAlive = on;
    this.#carrier.keepAlive(this.keepsAlive);
    this.#keeper.keepAlive(this.keepsAlive);
  }

  #hold(): void {
    this.#carrier.hold(
      this.#state === 'plain' ? this.#inbox.isHeld || this.#inbox.isFull : this.#in.isToWait,
    );
  }

  get #line(): Line | undefined {
    return this.#carrier.line;
  }

  #keep(chars: number): void {
    this.#awayChars += chars;
    if (this.#awayChars > this.#settings.maxAwayChars) this.lose('overflow');
    else this.#keeper.grew(chars);
  }

  // The end.

  /** A clean end. */
  #finish(): void {
    this.#line?.leave();
    this.#end('ended', true, () => undefined);
  }

  #closeIsStuck(): void {
    if (this.#state === 'opening' && this.#line !== undefined) this.becomePlain(this.#line);
    else this.lose('closed');
  }

  #abort(error: Error): void {
    this.#inbox.deafen();
    if (this.#state !== 'plain') return this.#end('aborted', this.#breakOff(error), () => error);
    this.#isClosing = true;
    this.#line?.close(error);
  }

  /** Leaves the connection for an error. @returns whether the other side is told, or there is none that it could be on */
  #breakOff(error: Error): boolean {
    const line = this.#line;
    if (line === undefined) return true;
    const canBeTold = this.#state === 'connected' && this.#out.isIdle;
    if (canBeTold) line.send(this.#controls.abort);
    line.leave(canBeTold ? undefined : error);
    return canBeTold;
  }

  #lost(reason: LostReason, delivered: number, cause?: Error): SessionLostError {
    // END is numbered, too, and no message of the program.
    const undelivered = this.#dropped + Math.max(0, this.#sends - delivered);
    return new SessionLostError(reason, { undelivered, cause });
  }

  #end(reason: LostReason, isTold: boolean, error: () => Error | undefined): void {
    if (this.isOver) return;
    this.#state = error() instanceof SessionLostError ? 'lost' : 'closed';
    this.#drop();
    this.#goodbye.stop();
    this.#out.finish();
    this.#inbox.end(error);
    this.#keeper.over(reason, isTold);
    this.report({ error: error() });
  }
}
