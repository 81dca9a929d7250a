import {
  type Attachments,
  type CloseDetails,
  type Duplex,
  Letter,
  type Receiver,
  type SessionInfo,
} from '@bjsonrpc/protocol';
import { Allowance } from './allowance.js';
import { type Keeper, type SessionOptions, type State, sessionInfo } from './keeper.js';
import type { Line } from './line.js';
import { nextTurn } from './next-turn.js';
import type { SessionChange, Settings } from './resumable-options.js';
import { safely } from './safely.js';
import { type LostReason, SessionLostError } from './session-lost-error.js';
import { type SessionParts, sessionParts } from './session-parts.js';
import { giveWay } from './timers.js';

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
  readonly carriesBytes: boolean;
  readonly #settings: Settings;
  readonly #keeper: Keeper;
  readonly #allowance: Allowance;
  readonly #parts: SessionParts;
  #state: State = 'opening';
  #isClosing = false;
  #keepsAlive = true;

  constructor(id: string, { settings, keeper, maxMessageBytes, carriesBytes }: SessionOptions) {
    this.session = sessionInfo(id, () => this.#state);
    this.maxMessageBytes = maxMessageBytes;
    this.carriesBytes = carriesBytes;
    this.#settings = settings;
    this.#keeper = keeper;
    this.#allowance = new Allowance(settings);
    this.#parts = sessionParts(id, settings, {
      hold: () => this.#hold(),
      onEndUnheard: () => giveWay(() => this.close()),
      onDone: () => this.#finish(),
      onStuck: () => this.#closeIsStuck(),
      onMismatch: () => this.lose('mismatch'),
      onAbort: () => this.#wasAborted(),
      onSilence: (error) => this.#cut(error),
    });
  }

  get isOver(): boolean {
    return this.#state === 'lost' || this.#state === 'closed';
  }
  /** How many of the other side's messages have arrived. */
  get received(): number {
    return this.#parts.acks.received;
  }
  /** Text that is kept for it. */
  get chars(): number {
    return this.#parts.out.chars + this.#parts.inbox.chars;
  }
  get keepsAlive(): boolean {
    return this.#keepsAlive || this.#isClosing;
  }

  get bytesIn(): number {
    return this.#parts.carrier.bytesIn;
  }
  get bytesOut(): number {
    return this.#parts.carrier.bytesOut;
  }
  get buffered(): number {
    return this.#state === 'plain' ? this.#parts.carrier.buffered : this.#parts.out.buffered;
  }

  start(receiver: Receiver): void {
    this.#parts.inbox.start(receiver);
  }

  send(text: string, attachments?: Attachments): Promise<void> | undefined {
    const { out, tally, controls } = this.#parts;
    if (this.#isClosing || this.isOver) tally.dropped();
    else if (this.#state === 'plain')
      return this.#line?.send(attachments ? new Letter(text, attachments) : text);
    else {
      tally.sent();
      const own = controls.plain(text);
      const message = attachments ? new Letter(own, attachments) : own;
      const isAway = this.#line === undefined;
      if (this.#allowance.admits(message.length, isAway ? undefined : out.chars)) out.push(message);
      else this.lose('overflow');
      if (isAway && !this.isOver) this.#keeper.grew(message.length);
      if (!this.isOver) return out.room();
    }
    return nextTurn();
  }

  hold(on: boolean): void {
    this.#parts.inbox.hold(on);
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
    this.#parts.inbox.deafen();
    if (this.#state === 'plain') return this.#line?.close();
    this.#keepAlive(this.#keepsAlive);
    if (this.#state !== 'opening') this.#parts.goodbye.say();
    this.#parts.goodbye.watch();
  }

  /** Begin on a connection whose other side is yet to prove itself: messages are sent, and nothing else. */
  open(line: Line): void {
    this.#parts.carrier.take(line);
    this.#parts.out.begin(line);
    this.report();
  }

  /**
   * The other side has proven itself, and says that so much has arrived. `hello` is said before all else.
   *
   * @returns whether that can be; if not, the session is lost
   */
  connect(line: Line, received: number, hello?: string): boolean {
    const isNew = line !== this.#line;
    if (!(isNew ? this.#parts.out.rewind(received) : this.#parts.out.confirm(received))) {
      this.lose('mismatch');
      return false;
    }
    if (hello !== undefined) line.send(hello);
    this.#parts.acks.tell(); // by the claim, or by its answer
    if (isNew) this.#parts.carrier.take(line);
    line.giveTo({
      onMessage: (text, attachments) => this.#parts.inflow.hear(text, attachments),
      onEnd: () => this.#cut(new Error('The other side has ended the connection')),
      onClose: (error) => this.fail(error),
    });
    this.#parts.carrier.watch(line);
    this.#state = 'connected';
    if (isNew) this.#parts.out.begin(line);
    if (this.#isClosing) this.#parts.goodbye.say();
    this.#parts.goodbye.check();
    if (!this.isOver) this.report();
    return true;
  }

  /** The other side knows no sessions, and what was sent is its business now. */
  becomePlain(line: Line, isToBeSwallowed: (text: string) => boolean = () => false): void {
    if (line !== this.#line) this.#parts.carrier.take(line);
    this.#parts.out.finish(line);
    this.#parts.goodbye.stop();
    this.#state = 'plain';
    line.giveTo({
      onMessage: (text, attachments) => {
        if (!isToBeSwallowed(text)) this.#parts.inbox.put(text, attachments);
      },
      onEnd: () => this.#parts.inbox.halfClose(),
      onClose: (error) => this.#end('closed', true, () => error),
    });
    this.#hold();
    this.report();
    if (this.#isClosing) line.close();
  }

  /** A message of a plain other side, or the end of its half, that was read by somebody else. */
  hear(text: string, attachments?: Attachments): void {
    this.#parts.inbox.put(text, attachments);
  }
  hearEnd(): void {
    this.#parts.inbox.halfClose();
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
    if (error?.isFault)
      return this.#end('fault', false, () => this.#parts.tally.lost('fault', this.#parts.out.handed, error));
    this.#allowance.begin();
    this.#state = 'away';
    this.#keeper.away(error);
  }

  /** There is reason to doubt the connection. */
  kick(): void {
    this.#parts.carrier.kick();
  }

  /** It is gone for good. `received`: so much had arrived, as the other side knows. */
  lose(reason: LostReason, received?: number): void {
    if (this.isOver) return;
    const { last, handed } = this.#parts.out;
    const delivered = received === undefined ? handed : Math.min(received, handed);
    // Nobody is left who could confirm it, and nothing is left to be confirmed.
    if (this.#parts.goodbye.isSaid && reason === 'ended' && delivered === last) return this.#finish();
    const lost = (): SessionLostError => this.#parts.tally.lost(reason, delivered);
    this.#end(reason, this.#breakOff(lost()), lost);
  }

  /** Tell the program how things are. */
  report(more: Omit<SessionChange, 'state' | 'session'> = {}): void {
    const change = { state: this.#state, session: this.session, ...more };
    safely(() => this.#settings.onState(change), undefined);
  }

  #cut(error: Error): void {
    this.#line?.leave(error);
    this.fail(error);
  }

  #drop(): void {
    this.#parts.carrier.drop();
    this.#parts.out.pause();
  }

  #keepAlive(on: boolean): void {
    this.#keepsAlive = on;
    this.#parts.carrier.keepAlive(this.keepsAlive);
    this.#keeper.keepAlive(this.keepsAlive);
  }

  #hold(): void {
    const { carrier, inbox, inflow } = this.#parts;
    carrier.hold(this.#state === 'plain' ? inbox.isHeld || inbox.isFull : inflow.isToWait);
  }

  get #line(): Line | undefined {
    return this.#parts.carrier.line;
  }

  /** A clean end. */
  #finish(): void {
    this.#line?.leave();
    this.#end('ended', true, () => undefined);
  }

  #closeIsStuck(): void {
    if (this.#state === 'opening' && this.#line !== undefined) this.becomePlain(this.#line);
    else this.lose('closed');
  }

  #wasAborted(): void {
    const { handed } = this.#parts.out;
    this.#line?.leave();
    this.#end('aborted', true, () => this.#parts.tally.lost('aborted', handed));
  }

  #abort(error: Error): void {
    this.#parts.inbox.deafen();
    if (this.#state !== 'plain') return this.#end('aborted', this.#breakOff(error), () => error);
    this.#isClosing = true;
    this.#line?.close(error);
  }

  /** Leaves the connection for an error. @returns whether the other side is told, or there is none that it could be on */
  #breakOff(error: Error): boolean {
    const line = this.#line;
    if (line === undefined) return true;
    const canBeTold = this.#state === 'connected' && this.#parts.out.isIdle;
    if (canBeTold) line.send(this.#parts.controls.abort);
    line.leave(canBeTold ? undefined : error);
    return canBeTold;
  }

  #end(reason: LostReason, isTold: boolean, error: () => Error | undefined): void {
    if (this.isOver) return;
    this.#state = error() instanceof SessionLostError ? 'lost' : 'closed';
    this.#drop();
    this.#parts.goodbye.stop();
    this.#parts.out.finish();
    this.#parts.inbox.end(error);
    this.#keeper.over(reason, isTold);
    this.report({ error: error() });
  }
}
