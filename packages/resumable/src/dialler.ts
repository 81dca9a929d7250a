import type { DialOptions, Duplex, Transport } from '@bjsonrpc/protocol';
import { Backoff } from './backoff.js';
import { type Claim, claimText, readAnswer } from './claim.js';
import { Timer } from './clock.js';
import { sayFarewell } from './farewell.js';
import type { Keeper } from './keeper.js';
import { Line } from './line.js';
import type { Settings } from './resumable-options.js';
import { safely } from './safely.js';
import { secretText } from './secrets.js';
import { Session } from './session.js';
import type { LostReason } from './session-lost-error.js';

/** How long the other side may take for its answer to the first claim, in milliseconds ... */
const FIRST_ANSWER_MS = 30_000;
/** ... and, each, for a later connection and for the answer on it. */
const RESUME_MS = 10_000;

/** The one answer to the claim of a side that knows no claims is nothing for the program. */
function isLateAnswer(): (text: string) => boolean {
  let hasCome = false;
  return (text) => {
    if (hasCome) return false;
    hasCome = readAnswer(text) !== undefined;
    return hasCome;
  };
}

/**
 * The dialling side of a session: claims it on each connection, and finds the next one when that is lost.
 *
 *     claiming ──> resting ──(lost)──> waiting ──> dialling ──> claiming …
 */
export class Dialler implements Keeper {
  readonly session: Session;
  readonly #transport: Transport;
  readonly #dialOptions: DialOptions;
  readonly #settings: Settings;
  readonly #id = secretText(12);
  readonly #token = secretText(24);
  readonly #backoff: Backoff;
  /** Of whatever is waited for: a retry, a dial, an answer. */
  readonly #timer: Timer;
  readonly #stopWaking: () => void;
  #attempt = 1;
  #awaySince = 0;
  #keepMs: number;
  #isWaiting = false;
  /** The dial or the claim under way. */
  #giveUpAttempt: ((error: Error) => void) | undefined;

  constructor(transport: Transport, settings: Settings, dialOptions: DialOptions, duplex: Duplex) {
    this.#transport = transport;
    this.#settings = settings;
    this.#keepMs = settings.keepMs;
    // The caller's signal and time limit were for the first connection.
    const { maxMessageBytes } = dialOptions;
    this.#dialOptions = {
      timeoutMs: RESUME_MS,
      ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
    };
    this.#backoff = new Backoff(settings);
    this.#timer = new Timer(settings.clock);
    this.session = new Session(this.#id, {
      settings,
      keeper: this,
      maxMessageBytes: duplex.maxMessageBytes,
      carriesBytes: duplex.carriesBytes === true,
    });
    this.#stopWaking = settings.wake(() => this.#kick());
    this.#claim(duplex);
  }

  /** Rejects as the transport's own dial does. */
  static async dial(transport: Transport, settings: Settings, options: DialOptions): Promise<Duplex> {
    const duplex = await transport.dial(options);
    return new Dialler(transport, settings, options, duplex).session;
  }

  away(error: Error | undefined): void {
    const { clock } = this.#settings;
    this.#backoff.lost();
    this.#awaySince = clock.now();
    this.#retry(error ?? new Error('The other side has closed the connection'));
  }

  grew(): void {}

  over(_reason: LostReason, isTold: boolean): void {
    this.#timer.stop();
    this.#isWaiting = false;
    this.#stopWaking();
    this.#giveUpAttempt?.(new Error('The session is over'));
    if (!isTold) sayFarewell(this.#transport, this.#settings, this.#nextClaim());
  }

  keepAlive(on: boolean): void {
    this.#timer.keepAlive(on);
  }

  // claiming

  #claim(duplex: Duplex): void {
    const isFirst = this.#attempt === 1;
    const line: Line = new Line(duplex, {
      onMessage: (text) => this.#answered(line, text),
      onEnd: () => fail(new Error('The other side has ended the connection without an answer')),
      onClose: (error) =>
        fail(error ?? new Error('The other side has closed the connection without an answer')),
    });
    const fail = (error: Error): void => {
      this.#attemptIsOver();
      line.leave(error);
      if (this.session.isOver) return;
      if (isFirst) this.session.fail(error);
      else this.#retry(error);
    };
    this.#giveUpAttempt = fail;
    const limitMs = isFirst ? FIRST_ANSWER_MS : RESUME_MS;
    const late = (): void => fail(new Error(`The other side has not answered within ${limitMs} ms`));
    this.#timer.start(late, limitMs, this.session.keepsAlive);
    line.send(claimText(this.#currentClaim()));
    if (isFirst) this.session.open(line);
  }

  #answered(line: Line, text: string): void {
    const answer = readAnswer(text);
    const isFirst = this.#attempt === 1;
    const isOther = answer === undefined || (answer.kind === 'verdict' && answer.attempt !== this.#attempt);
    if (isOther && !isFirst)
      return this.#giveUpAttempt?.(new Error('The other side said something else first'));
    this.#attemptIsOver();
    if (answer === undefined || isOther) {
      this.session.becomePlain(line, isLateAnswer());
      this.session.hear(text);
    } else if (answer.kind === 'verdict') {
      this.#keepMs = answer.keepMs;
      this.#backoff.connected();
      this.session.connect(line, answer.received);
    } else if (answer.kind === 'refusal') {
      line.leave();
      this.session.lose(answer.reason, answer.received);
    } else if (isFirst) this.session.becomePlain(line);
    else {
      line.leave();
      this.session.lose('unknown');
    }
  }

  // waiting

  #retry(error: Error): void {
    const { clock, giveUp } = this.#settings;
    const awayMs = clock.now() - this.#awaySince;
    const failed = { attempt: this.#attempt, error, awayMs, keepMs: this.#keepMs };
    if (safely(() => giveUp(failed), false)) return this.session.lose('unreachable');
    const retryMs = this.#backoff.nextMs();
    this.#isWaiting = true;
    this.#timer.start(() => this.#redial(), retryMs, this.session.keepsAlive);
    this.session.report({ error, attempt: this.#attempt + 1, retryMs });
  }

  #kick(): void {
    if (this.#isWaiting) this.#redial();
    else this.session.kick();
  }

  // dialling

  #redial(): void {
    this.#isWaiting = false;
    this.#attempt++;
    const dialling = new AbortController();
    let isOver = false;
    const fail = (error: Error): void => {
      isOver = true;
      this.#attemptIsOver();
      dialling.abort(error);
      if (!this.session.isOver) this.#retry(error);
    };
    this.#giveUpAttempt = fail;
    const late = (): void => fail(new Error(`Not connected again within ${RESUME_MS} ms`));
    this.#timer.start(late, RESUME_MS, this.session.keepsAlive);
    const dial = async (): Promise<Duplex> =>
      await this.#transport.dial({ ...this.#dialOptions, signal: dialling.signal });
    dial().then(
      (duplex) => {
        if (isOver) duplex.close(new Error('The attempt is over'));
        else this.#claim(duplex);
      },
      (error: Error) => {
        if (!isOver) fail(error);
      },
    );
  }

  #attemptIsOver(): void {
    this.#giveUpAttempt = undefined;
    this.#timer.stop();
  }

  #currentClaim(): Claim {
    return { id: this.#id, token: this.#token, attempt: this.#attempt, received: this.session.received };
  }

  #nextClaim(): Claim {
    return { ...this.#currentClaim(), attempt: this.#attempt + 1 };
  }
}
