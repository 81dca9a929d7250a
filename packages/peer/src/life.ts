import {
  type Attachments,
  type CloseDetails,
  ConnectionClosedError,
  type Duplex,
  errorText,
  Letter,
  LimitExceededError,
  type Limits,
  type Receiver,
  RpcError,
  TimeoutError,
  type Written,
} from '@bjsonrpc/protocol';
import type { CallOptions } from './basics/call-options.js';
import type { Clock } from './basics/clock.js';
import type { Reporter } from './basics/reporter.js';
import type { CloseReason, Peer } from './contract/peer.js';
import type { Controlled } from './incoming/controls.js';
import { type Caller, type Invoke, Route } from './proxies/route.js';
import { describe } from './publishing/describe.js';
import { acquire, open, relinquish } from './publishing/lifetimes.js';
import { isHandler, type MethodOwner } from './publishing/publish.js';
import { FarSide } from './wire/far-side.js';
import type { KeepAlive } from './wire/keep-alive.js';

/** How long a handler may go on for a caller that has ended its half of the connection. */
const HALF_CLOSED_MS = 1000;
/** How long a side that reads may take for what is on its way to it, though the grace is over. */
const FLUSH_MS = 200;
/** How long a side that is cut off may take to hear why. */
const CUT_MS = 1000;

/** What begins and ends with a connection. */
export interface LifeParts {
  readonly peer: Peer;
  readonly duplex: Duplex;
  readonly dialled: boolean;
  readonly isExtended: boolean;
  readonly handler: MethodOwner | undefined;
  /** Why it is not served at all: the other side is told. */
  readonly refusal?: Error | undefined;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly options: { readonly pingInterval: number; readonly maskErrors: boolean };
  readonly reporter: Pick<Reporter, 'report' | 'guard'>;
  readonly far: FarSide;
  /** Whether bytes may come, and go, beside a message. */
  readonly carriesBytes: boolean;
  readonly inlet: { receive(message: Written): void; whenRead(callback: () => void): void; finish(): void };
  readonly outlet: { isClosed: boolean; control(method: string, params?: unknown): void };
  readonly outgoing: Caller & {
    readonly call: Invoke;
    failAll(cause: Error | undefined): Promise<void>;
    close(cause: Error | undefined, undelivered?: number): Promise<void>;
  };
  readonly deadlines: { keepAlive(on: boolean): void };
  readonly incoming: {
    cancel(id: string, reason?: string): void;
    grant(id: string, credit: number): void;
    drain(): Promise<void>;
    close(cause: Error | undefined): void;
  };
  readonly memory: { clear(): void };
  readonly keepAlive: Pick<KeepAlive, 'start' | 'stop'>;
  readonly exports: { target(name: string): object; clear(): Promise<void> };
  readonly imports: { break(cause: Error): Promise<void> };
  readonly responses: { progress(token: unknown, value: unknown, hinted: boolean): boolean };
}

/**
 * How a connection begins and ends, and what control messages do to it.
 *
 * open → draining (we said goodbye, and finish what runs) → closed. Never back.
 */
export class Life implements Receiver, Controlled {
  readonly #parts: LifeParts;
  #isDraining = false;
  #isCut = false;
  /** It has been told why: what else it says is not read. */
  #isTold = false;
  /** This side has ended it, or ends it ... */
  #isEndedHere = false;
  /** ... for this reason, if there is one; or the other side for this. */
  #fault: Error | undefined;
  /** What this side has broken it off with. */
  #ownFault: Error | undefined;
  /** Resolves when it has ended. */
  readonly closed: Promise<CloseReason>;
  #onClosed!: (reason: CloseReason) => void;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
  }

  /** Greet, if this side is to, and begin to read. */
  start(): void {
    const { dialled, duplex, isExtended, handler, peer, options, keepAlive, refusal } = this.#parts;
    if (handler) acquire(handler, peer);
    if (dialled && isExtended) this.#greet();
    duplex.start(this);
    if (options.pingInterval > 0) keepAlive.start();
    if (handler) void this.#open(handler);
    if (refusal) this.cut(refusal);
  }

  /** A control message that is a request: an ordinary call. */
  ask(method: string, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    const { outgoing } = this.#parts;
    return outgoing.call(new Route(outgoing, method), args, options) as Promise<unknown>;
  }

  /** Whether the open connection, and what is awaited of it, keeps the program alive. */
  keepAlive(on: boolean): void {
    const { duplex, deadlines } = this.#parts;
    if (on) duplex.ref?.();
    else duplex.unref?.();
    deadlines.keepAlive(on);
  }

  onMessage(text: string, attachments?: Attachments): void {
    if (!this.#isTold) this.#parts.inlet.receive(attachments ? new Letter(text, attachments) : text);
  }

  /** The other side will send no more, but may still read: what it asked for is answered, within a bound. */
  onEnd(reason?: Error): void {
    const { far, outgoing, inlet } = this.#parts;
    far.isLeaving = true;
    inlet.whenRead(() => {
      void outgoing.failAll(this.#fault ?? reason); // of what it has said, one knows more
      const isEndedHere = this.#isEndedHere;
      void this.drain(HALF_CLOSED_MS);
      this.#isEndedHere = isEndedHere;
    });
  }

  onClose(error?: Error & CloseDetails): void {
    const { outlet, far, outgoing, imports, incoming, exports, memory } = this.#parts;
    const { handler, peer, reporter, keepAlive } = this.#parts;
    if (outlet.isClosed) throw new TypeError('a transport reported the end of a connection twice');
    const fault = this.#fault ?? error;
    this.#parts.inlet.finish();
    outlet.isClosed = true;
    far.close();
    keepAlive.stop();
    // An error of the program's own may have come from another connection: it says nothing of this one.
    const failed = outgoing.close(fault, error === this.#ownFault ? undefined : error?.undelivered);
    const broken = imports.break(fault ?? new RpcError('the connection was closed')); // before calls let go of their arguments
    incoming.close(fault);
    const dropped = exports.clear();
    memory.clear();
    void Promise.all([failed, broken, dropped]).then(() => {
      if (handler) void reporter.guard(() => relinquish(handler, peer));
      this.#onClosed({ by: this.#isEndedHere ? 'here' : 'there', error: fault });
    });
  }

  /** Take no new calls, finish what runs within `graceMs`, flush and close. */
  async drain(graceMs: number): Promise<void> {
    const { duplex, clock, outlet, incoming } = this.#parts;
    if (this.#isDraining || outlet.isClosed) return;
    this.#isDraining = true;
    this.#isEndedHere = true;
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, graceMs);
      clock.ref?.(timer);
    });
    await Promise.race([Promise.all([incoming.drain(), this.#sayGoodbye()]), late]);
    duplex.close();
    // What is written by now may still be read: within the grace, or a moment where that is over.
    const moment = new Promise<void>((resolve) => clock.setTimeout(resolve, FLUSH_MS));
    await Promise.race([this.closed, Promise.all([late, moment])]);
    clock.clearTimeout(timer);
    if (!outlet.isClosed)
      duplex.close(new TimeoutError(`The other side has not read everything within ${graceMs} ms`));
  }

  /** Close at once: what is queued is dropped. */
  abort(error: Error): void {
    this.#isEndedHere = true;
    this.#ownFault = error;
    this.#parts.duplex.close(error);
  }

  /** End it because of something that the other side does: it is told, where it can be. */
  cut(error: Error): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#isEndedHere = true;
    this.#fault ??= error;
    void this.#parts.incoming.drain(); // what comes until then does not run
    this.#parts.far.whenSettled(() => this.#sayWhy(error));
  }

  #sayWhy(error: Error): void {
    const { far, outlet, duplex, clock } = this.#parts;
    this.#isTold = true;
    if (!far.can('bye')) return this.abort(error);
    outlet.control('$/bye', [error.message]);
    duplex.close();
    clock.setTimeout(() => this.abort(error), CUT_MS); // one that does not even read
  }

  greeted(params: unknown): void {
    const { far, dialled } = this.#parts;
    if (far.greeted(params) && !dialled) this.#greet();
  }

  leaves(reason: string | undefined): void {
    this.#parts.far.isLeaving = true;
    if (reason === undefined || this.#isEndedHere) return;
    this.#fault ??= new ConnectionClosedError(`The other side cut the connection off: ${reason}`);
  }

  refused(count: number, reason: string): void {
    const what = count === 1 ? 'A notification was' : `${count} notifications were`;
    const error = new LimitExceededError(`${what} refused by the other side: ${reason}`);
    this.#parts.reporter.report(error);
  }

  cancel(id: string, reason?: string): void {
    this.#parts.incoming.cancel(id, reason);
  }

  grant(id: string, credit: number): void {
    this.#parts.incoming.grant(id, credit);
  }

  progress(token: unknown, value: unknown, hinted: boolean): boolean {
    return this.#parts.responses.progress(token, value, hinted);
  }

  describe(name: string | undefined): object {
    const { handler, exports } = this.#parts;
    const owner = name === undefined ? handler : exports.target(name);
    return { methods: owner && (owner === handler || isHandler(owner)) ? describe(owner) : [] };
  }

  /**
   * Announces the end. Resolves when the other side has heard it: what it had sent by then has come and was refused, and
   * it sends no more, so that no call is lost on the way.
   */
  async #sayGoodbye(): Promise<void> {
    const { far, outlet, dialled } = this.#parts;
    // Who dialled a moment ago has its greeting on the way, and calls behind it.
    if (!dialled && far.isUndecided) await new Promise<void>((resolve) => far.whenSettled(resolve));
    if (!far.can('bye') || far.isLeaving) return;
    outlet.control('$/bye');
    if (far.can('ping')) await this.ask('$/ping', []).catch(() => {});
  }

  async #open(handler: MethodOwner): Promise<void> {
    try {
      await open(handler);
    } catch (error) {
      this.#parts.reporter.report(error);
      const why = this.#parts.options.maskErrors ? '' : `: ${errorText(error)}`; // it is told to the other side
      this.cut(new RpcError(`onOpen failed${why}`, { cause: error }));
    }
  }

  #greet(): void {
    const { duplex, limits, outlet, carriesBytes } = this.#parts;
    const own = limits.maxMessageBytes;
    const maxMessageBytes = Math.min(own, duplex.maxMessageBytes ?? own);
    outlet.control('$/hello', FarSide.greeting({ maxMessageBytes, bytes: carriesBytes }));
  }
}
