import { InputBudget, type InputHolder } from './input-budget.js';
import { clearTimeout, startTimer } from './timers.js';

/** So many looks are taken within the time of a message. */
const LOOKS = 8;
/** A long message on a slow line gets time in proportion: whoever sends fewer bytes a second than this runs out of it. */
const MIN_BYTES_PER_SECOND = 4096;

/** The connection that is guarded. It is closed with an error when the other side takes too long, or keeps too much. */
export interface GuardedInput extends InputHolder {
  /** The other side's name in errors. */
  readonly remote: string;
  /** Whether what comes is read: time in which it is not is not the other side's. */
  readonly isReading: boolean;
  /** Whether there was any talk on this connection: a message that came or is coming, or one of ours that was taken. */
  readonly hasTalked: boolean;
}

export interface InputGuardLimits {
  /** For the budget of a connection that shares none. */
  readonly maxUnfinishedBytes: number;
  /** 0: for ever. */
  readonly firstMessageMs: number;
  /** 0: for ever. */
  readonly messageTimeoutMs: number;
}

/**
 * Limits what the other side may leave unfinished, in time and in bytes. More bytes of the same message do not begin its
 * time anew.
 */
export class InputGuard {
  readonly #input: GuardedInput;
  /** Made when it is first needed. */
  #budget: InputBudget | undefined;
  readonly #limits: InputGuardLimits;
  #firstTimer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  /** Of the message that has not ended; 0: there is none. */
  #bytes = 0;
  #keptBytes = 0;
  #waitedMs = 0;
  #isStopped = false;

  constructor(input: GuardedInput, budget: InputBudget | undefined, limits: InputGuardLimits) {
    this.#input = input;
    this.#budget = budget;
    this.#limits = limits;
  }

  /** From now on the other side may be expected to say something. */
  start(): void {
    const { firstMessageMs } = this.#limits;
    this.#firstTimer = startTimer(() => {
      const { hasTalked, remote } = this.#input;
      this.#firstTimer = undefined;
      if (hasTalked) return;
      this.#input.close(new Error(`${remote} said nothing for ${firstMessageMs} ms after it connected`));
    }, firstMessageMs)?.unref();
  }

  /** It said something. */
  heard(): void {
    clearTimeout(this.#firstTimer);
    this.#firstTimer = undefined;
  }

  /**
   * After each piece that came.
   *
   * @param bytes how much of a message has come that has not ended
   * @param isAnother whether that is another one than before
   */
  arrived(bytes: number, isAnother: boolean): void {
    this.#bytes = bytes;
    if (bytes === 0) return;
    if (isAnother) this.#waitedMs = 0;
    this.#lookTimer ??= this.#lookLater();
  }

  /** So much is kept by all together that who is held is better not read at all. */
  get isTight(): boolean {
    return this.#budget?.isTight === true;
  }

  /** So many bytes are kept that cannot be handed over. */
  keep(bytes: number): void {
    if (bytes !== this.#keptBytes && !this.#isStopped) this.#keep(bytes);
  }

  /** Nothing is expected any more, and nothing kept. */
  stop(): void {
    if (this.#keptBytes > 0) this.#keep(0);
    this.#isStopped = true;
    this.heard();
    clearTimeout(this.#lookTimer);
  }

  #keep(bytes: number): void {
    this.#keptBytes = bytes;
    this.#budget ??= new InputBudget(this.#limits.maxUnfinishedBytes);
    this.#budget.set(this.#input, bytes);
  }

  get #lookMs(): number {
    return this.#limits.messageTimeoutMs / LOOKS;
  }

  #lookLater(): NodeJS.Timeout | undefined {
    return this.#isStopped ? undefined : startTimer(() => this.#look(), this.#lookMs)?.unref();
  }

  #look(): void {
    this.#lookTimer = undefined;
    if (this.#bytes === 0) return;
    if (this.#input.isReading) this.#waitedMs += this.#lookMs;
    const allowedMs = this.#limits.messageTimeoutMs + (this.#bytes / MIN_BYTES_PER_SECOND) * 1000;
    if (this.#waitedMs < allowedMs) this.#lookTimer = this.#lookLater();
    else {
      const seconds = Math.round(this.#waitedMs / 100) / 10;
      const { remote } = this.#input;
      this.#input.close(
        new Error(`${remote} did not end a message in ${seconds} s; ${this.#bytes} bytes of it came`),
      );
    }
  }
}
