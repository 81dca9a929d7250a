import type { InputBudget, InputClaim } from './input-budget.js';
import { clearTimeout, startTimer } from './timers.js';

/** So many looks are taken within the time of a message. */
const LOOKS = 8;
/** A long message on a slow line gets time in proportion: whoever sends fewer bytes a second than this runs out of it. */
const MIN_BYTES_PER_SECOND = 4096;

export interface InputGuardOptions {
  /** The other side's name in errors. */
  readonly remote: string;
  /** 0: for ever. */
  readonly firstMessageMs: number;
  /** 0: for ever. */
  readonly messageTimeoutMs: number;
  readonly budget: InputBudget;
  /** Whether what comes is read: time in which it is not is not the other side's. */
  readonly isReading: () => boolean;
  /** Whether what came waits for its turn here. */
  readonly isDue: () => boolean;
  /** Whether there was any talk on this connection: a message that came or is coming, or one of ours that was taken. */
  readonly hasTalked: () => boolean;
  /** Read nothing, for now, since all together keep too much; or read on. */
  readonly wait: (isToWait: boolean) => void;
  /** It took too long, or keeps too much. */
  readonly onFault: (error: Error) => void;
}

/**
 * Limits what the other side may leave unfinished, in time and in bytes. More bytes of the same message do not begin its
 * time anew.
 */
export class InputGuard {
  readonly #options: InputGuardOptions;
  readonly #claim: InputClaim;
  #firstTimer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  /** Of the message that has not ended; 0: there is none. */
  #bytes = 0;
  #waitedMs = 0;
  #isStopped = false;

  constructor(options: InputGuardOptions) {
    this.#options = options;
    this.#claim = options.budget.claim({
      wait: options.wait,
      cutOff: options.onFault,
      get isDue() {
        return options.isDue();
      },
    });
  }

  /** From now on the other side may be expected to say something. */
  start(): void {
    const { firstMessageMs, hasTalked, onFault, remote } = this.#options;
    this.#firstTimer = startTimer(() => {
      if (!hasTalked())
        onFault(new Error(`${remote} said nothing for ${firstMessageMs} ms after it connected`));
    }, firstMessageMs);
    this.#firstTimer?.unref();
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
    return this.#options.budget.isTight;
  }

  /** So many bytes are kept that cannot be handed over. */
  keep(bytes: number): void {
    if (!this.#isStopped) this.#claim.set(bytes);
  }

  /** Nothing is expected any more, and nothing kept. */
  stop(): void {
    this.#isStopped = true;
    this.#claim.set(0);
    clearTimeout(this.#firstTimer);
    clearTimeout(this.#lookTimer);
  }

  get #lookMs(): number {
    return this.#options.messageTimeoutMs / LOOKS;
  }

  #lookLater(): NodeJS.Timeout | undefined {
    return this.#isStopped ? undefined : startTimer(this.#look, this.#lookMs)?.unref();
  }

  readonly #look = (): void => {
    this.#lookTimer = undefined;
    if (this.#bytes === 0) return;
    const { isReading, messageTimeoutMs, onFault, remote } = this.#options;
    if (isReading()) this.#waitedMs += this.#lookMs;
    const allowedMs = messageTimeoutMs + (this.#bytes / MIN_BYTES_PER_SECOND) * 1000;
    if (this.#waitedMs < allowedMs) this.#lookTimer = this.#lookLater();
    else {
      const seconds = Math.round(this.#waitedMs / 100) / 10;
      onFault(new Error(`${remote} did not end a message in ${seconds} s; ${this.#bytes} bytes of it came`));
    }
  };
}
