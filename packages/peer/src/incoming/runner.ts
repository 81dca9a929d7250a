import { isObject, LimitExceededError } from '@bjsonrpc/protocol';
import type { Clock } from '../basics/clock.js';
import { Patience } from '../basics/patience.js';
import type { Reporter } from '../basics/reporter.js';
import { abandonWithin, isStream, type Stream } from '../basics/streams.js';
import { Unsettled } from '../basics/unsettled.js';
import { applyFor } from '../publishing/call-context.js';
import type { IncomingInterceptor } from '../publishing/incoming-interceptor.js';
import type { Arrived } from '../values/values.js';
import type { Answers } from './answers.js';
import { argumentsOf } from './arguments.js';
import { release } from './controls.js';
import type { IncomingCall } from './incoming-call.js';
import { Items } from './items.js';
import { type MaskingParts, toldError } from './masking.js';
import { Producer } from './producer.js';
import type { Resolved } from './resolver.js';

/** What calls are run with. */
export interface RunnerParts extends MaskingParts {
  readonly clock: Clock;
  readonly limits: { readonly maxStreamStallMs: number };
  readonly answers: Pick<Answers, 'value' | 'itemText' | 'items' | 'failure'>;
  readonly far: {
    readonly isUndecided: boolean;
    readonly maxMessageBytes: number;
    can(extension: 'streams' | 'items'): boolean;
    whenSettled(again: () => void): void;
  };
  readonly options: MaskingParts['options'] & { readonly incoming: readonly IncomingInterceptor[] };
  readonly values: {
    decode(value: unknown): { readonly value: unknown; readonly arrived: readonly Arrived[] };
  };
  readonly outlet: { readonly isClosed: boolean };
  readonly exports: { release(name: string, count: number | undefined): void };
  readonly imports: { giveBack(value: unknown): void };
  readonly resolver: { resolve(name: string, takesHints: boolean): Resolved };
  readonly reporter: Pick<Reporter, 'guard' | 'report'>;
  /** Is told how far a call has come. */
  readonly incoming: {
    /** The call goes on after this turn. */
    activate(call: IncomingCall): void;
    /** The call has settled. */
    end(call: IncomingCall): void;
  };
}

/** To whom takes less in a message, items go one by one. */
const MIN_SHARED_BYTES = 64 * 1024;

/**
 * Runs calls of the other side whose turn has come, and answers them: every one with an id exactly once, whatever
 * its method returns or throws, as long as the connection stands.
 */
export class Runner {
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  run(call: IncomingCall): void {
    if (call.abortReason) return this.#fail(call, call.abortReason);
    let outcome: unknown;
    let isLater: boolean;
    try {
      outcome = this.#invoke(call);
      isLater = isThenable(outcome);
    } catch (error) {
      return this.#fail(call, error);
    }
    if (!isLater) return this.#succeed(call, outcome);
    this.#parts.incoming.activate(call);
    // A promise of the language is taken as it is; a foreign one is made to settle once and to throw nothing.
    Promise.resolve(outcome).then(
      (value) => this.#succeed(call, value),
      (error: unknown) => this.#fail(call, error),
    );
  }

  /** @throws what the method throws, or what keeps it from being called */
  #invoke(call: IncomingCall): unknown {
    const { resolver, values, options, exports } = this.#parts;
    const { incoming: interceptors } = options;
    const { released } = call;
    // However often it comes and whatever it names, a release does no harm; with an id it is answered.
    if (released !== undefined) return release(released, call.params, exports);
    const resolved = resolver.resolve(call.method, call.takesHints);
    let { params, kwparams } = call;
    if (!call.takesHints) kwparams = undefined;
    if (call.hinted) {
      const { value, arrived } = values.decode([params, kwparams]);
      [params, kwparams] = value as [unknown, unknown];
      call.arrived = arrived;
    }
    const { args, keywords } = argumentsOf(params, kwparams, call.dialect);
    call.keywords = keywords;
    const { bind, alwaysBinds } = resolved.method;
    if (keywords || alwaysBinds) call.args = bind?.(args, keywords) ?? [...args, keywords];
    else call.args = args;
    return interceptors.length > 0
      ? throughInterceptors(interceptors, call, resolved)
      : apply(call, resolved);
  }

  #succeed(call: IncomingCall, value: unknown): void {
    if (this.#followsProgress(call, () => this.#succeed(call, value))) return;
    try {
      this.#answer(call, value);
    } catch (error) {
      if (!Unsettled.is(error)) {
        this.#abandon(call, value);
        return this.#fail(call, error);
      }
      this.#await(error.awaited, call, () => this.#succeed(call, value));
    }
  }

  /** @throws what makes the value unsendable */
  #answer(call: IncomingCall, value: unknown): void {
    const { answers, far, outlet } = this.#parts;
    const { id, wantsStream, takesHints, isSilent } = call;
    if (id === undefined || isSilent || outlet.isClosed) {
      this.#abandon(call, value);
      return this.#parts.incoming.end(call);
    }
    if (isStream(value)) {
      if (far.isUndecided) throw new Unsettled(far); // it is answered in one way to a peer that greets, in another to one that does not
      if (takesHints && (wantsStream || !far.can('streams'))) return this.#stream(call, value);
    }
    // One item is all that a pipe on such a method gives.
    answers.value(call, value, wantsStream || undefined);
    if (wantsStream) answers.value(call, null, false);
    this.#parts.incoming.end(call);
  }

  /** Nobody will read the streams in it: its method has left them to us. */
  #abandon({ method }: IncomingCall, value: unknown): void {
    if (isObject(value)) void abandonWithin(value, (end) => this.#parts.reporter.guard(end, { method }));
  }

  #fail(call: IncomingCall, error: unknown): void {
    const { answers, imports, far } = this.#parts;
    const again = (): void => this.#fail(call, error);
    if (this.#followsProgress(call, again)) return;
    if (far.isUndecided && call.id !== undefined) return this.#await(far, call, again);
    if (call.hinted && !call.arrived) imports.giveBack([call.params, call.kwparams]);
    answers.failure(call, toldError(call, error, this.#parts));
    this.#parts.incoming.end(call);
  }

  /** @throws what keeps the stream from being iterated */
  #stream(call: IncomingCall, stream: Stream): void {
    const { clock, limits, reporter } = this.#parts;
    const gathered = this.#gathersItems(call) ? this.#itemsOf(call) : undefined;
    let items = 0;
    let isOver = false;
    const over = (how: () => void): void => {
      if (!isOver) how();
      isOver = true;
    };
    const producer = new Producer(
      stream,
      {
        apply: (method, self) => applyFor(call, method, self, []),
        item: (value) => {
          items++;
          return gathered ? gathered.add(value) : this.#sendItem(call, value, true);
        },
        end: async (value) => {
          gathered?.flush();
          // To an old caller nothing marks the end; but a request is answered, be there no item at all.
          if (call.wantsStream || items === 0)
            await this.#sendItem(call, call.wantsStream ? value : null, false);
          over(() => this.#parts.incoming.end(call));
        },
        fail: (error) => {
          gathered?.flush();
          over(() => this.#fail(call, error));
        },
        cleanUpFailed: (error) => reporter.report(error, { method: call.method }),
        patience: new Patience(clock, limits.maxStreamStallMs, () => call.abort(stalled(limits))),
        breathe: (ms = 0) => new Promise((resolve) => clock.setTimeout(resolve, ms)),
      },
      call.streamCredit,
    );
    call.producer = producer;
    this.#parts.incoming.activate(call);
    if (call.abortReason) producer.cancel();
    void producer.run();
  }

  /** Whether items may share a message: its caller can take them apart, and takes a message of them. */
  #gathersItems({ wantsStream, batch }: IncomingCall): boolean {
    const { far } = this.#parts;
    return wantsStream && !batch && far.can('items') && far.maxMessageBytes >= MIN_SHARED_BYTES;
  }

  #itemsOf(call: IncomingCall): Items {
    const { answers } = this.#parts;
    return new Items({
      plainText: (value) => answers.itemText(value),
      sendOne: (value) => this.#sendItem(call, value, true),
      sendTexts: (texts) => answers.items(call, texts),
    });
  }

  /** It cannot be answered before that has settled. */
  #await(awaited: Unsettled['awaited'], call: IncomingCall, again: () => void): void {
    this.#parts.incoming.activate(call);
    awaited.whenSettled(again);
  }

  /** What was said of its progress gets ahead of its answer. */
  #followsProgress(call: IncomingCall, again: () => void): boolean {
    const left = call.endProgress();
    if (left <= 0) return false;
    this.#parts.incoming.activate(call);
    this.#parts.clock.setTimeout(again, left);
    return true;
  }

  /** @throws what makes the value unsendable */
  #sendItem(call: IncomingCall, value: unknown, more: boolean): Promise<void> | undefined {
    try {
      return this.#parts.answers.value(call, value, call.wantsStream ? more : undefined);
    } catch (error) {
      if (!Unsettled.is(error)) throw error;
      const settled = new Promise<void>((resolve) => error.awaited.whenSettled(resolve));
      return settled.then(() => this.#sendItem(call, value, more));
    }
  }
}

function stalled({ maxStreamStallMs }: { readonly maxStreamStallMs: number }): LimitExceededError {
  return new LimitExceededError(
    `The stream was closed: no credit came for ${maxStreamStallMs} ms (maxStreamStallMs)`,
  );
}

/** Runs the method, for that call: see `currentCall`. */
function apply(call: IncomingCall, { owner, method }: Resolved): unknown {
  return applyFor(call, method.fn, owner, call.args);
}

/** Runs the method with the interceptors around it. */
export function throughInterceptors(
  interceptors: readonly IncomingInterceptor[],
  call: IncomingCall,
  resolved: Resolved,
): unknown {
  return interceptors.reduceRight<() => unknown>(
    (next, interceptor) => () => interceptor(call, next),
    () => apply(call, resolved),
  )();
}

function isThenable(value: unknown): boolean {
  return isObject(value) && typeof (value as { then?: unknown }).then === 'function';
}
