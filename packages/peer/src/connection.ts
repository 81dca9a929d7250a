import {
  bjsonrpc,
  type ConnectionInfo,
  Counter,
  type Duplex,
  InvalidRequestError,
  idText,
  isResponse,
  LimitExceededError,
  type Limits,
  type Message,
  nestsDeeperThan,
  type Profile,
  type Receiver,
  RpcError,
  readMessage,
} from '@bjsonrpc/protocol';
import { Budget } from './budget.js';
import type { ConnectionOptions } from './connection-options.js';
import { Exports } from './exports.js';
import { FarSide } from './far-side.js';
import { Flow } from './flow.js';
import { Imports } from './imports.js';
import { Inbound } from './inbound.js';
import type { ResolvedOptions } from './options.js';
import { Outbound } from './outbound.js';
import type { Peer } from './peer.js';
import type { MethodOwner } from './publish.js';
import { makeProxy } from './remote-object.js';
import type { Resolved } from './resolve.js';
import { Source } from './source.js';
import { Values } from './values.js';
import { observer, type WireEvent } from './wire.js';

/** open → draining (we said goodbye, and finish what runs) → closed. Never back. */
type State = 'open' | 'draining' | 'closed';

/** How long a handler may go on for a caller that has ended its half of the connection. */
const HALF_CLOSED_MS = 1000;

/**
 * All mutable state of one connection. Every message goes through here: to {@link Inbound} if it calls this side,
 * to {@link Outbound} if it answers it.
 */
export class Connection implements Receiver {
  readonly peer: Peer<unknown>;
  readonly duplex: Duplex;
  readonly options: ResolvedOptions;
  readonly info: ConnectionInfo;
  /** Whether this side opened the connection: then it greets. */
  readonly dialled: boolean;
  readonly profile: Profile = bjsonrpc;
  readonly counter: Counter = new Counter();
  readonly far: FarSide;
  readonly exports: Exports;
  readonly imports: Imports;
  readonly values: Values;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly flow: Flow;
  readonly stats: { messagesIn: number; messagesOut: number; stray: number; invalid: number } = {
    messagesIn: 0,
    messagesOut: 0,
    stray: 0,
    invalid: 0,
  };
  /** What this side publishes; undefined: nothing. */
  readonly handler: MethodOwner | undefined;
  /** Methods of the handler that have been called before: see `resolve`. */
  readonly resolved: Map<string, Resolved> = new Map();
  /** What references to methods of this side have become, by object and method: see `localFunction`. */
  readonly localFunctions: WeakMap<object, WeakMap<object, (...args: unknown[]) => unknown>> = new WeakMap();
  /** The other side said goodbye: it answers what runs and takes no new calls. */
  farIsLeaving = false;
  /** Why it closed, if not cleanly. */
  closedBy: Error | undefined;

  readonly #observe: ((direction: WireEvent['direction'], text: string) => void) | undefined;
  readonly #onClosed: () => void;
  #state: State = 'open';
  readonly #budget: Budget;

  constructor(peer: Peer<unknown>, about: ConnectionOptions) {
    this.peer = peer;
    this.duplex = about.duplex;
    this.options = about.options;
    this.info = about.info;
    this.dialled = about.dialled;
    this.handler = about.handler;
    this.#onClosed = about.onClosed;
    this.far = new FarSide({ enabled: this.options.extensions, dialled: this.dialled });
    this.exports = new Exports(this);
    this.imports = new Imports(this, makeProxy);
    this.values = new Values(this);
    this.outbound = new Outbound(this);
    this.inbound = new Inbound(this);
    this.flow = new Flow(this);
    this.#budget = new Budget(this.options.clock, this.limits.maxInvalidPerMinute);
    this.#observe = observer(this.options.trace, this.options.onWire);
  }

  get limits(): Limits {
    return this.options.limits;
  }
  /** New calls may leave. */
  get isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'draining';
  }
  /** Answers may leave. */
  get isAlive(): boolean {
    return this.#state !== 'closed';
  }
  get isDraining(): boolean {
    return this.#state === 'draining';
  }

  /** Greet, if this side is to, and begin to read. */
  start(): void {
    if (this.dialled && this.options.extensions) this.sendControl('$/hello', [FarSide.greeting(this.limits)]);
    this.duplex.start(this);
  }

  onMessage(text: string): void {
    this.stats.messagesIn++;
    this.#observe?.('received', text);
    let message: unknown;
    try {
      message = readMessage(text);
    } catch (error) {
      return this.refuse('null', error);
    }
    const { maxDepth } = this.limits;
    // Every level takes two characters at least.
    const isDeep = text.length > 2 * maxDepth && nestsDeeperThan(message, maxDepth);
    const tooDeep = isDeep ? new LimitExceededError(`Nested deeper than ${maxDepth} (maxDepth)`) : undefined;
    if (!Array.isArray(message)) return this.#receive(message, new Source(text), tooDeep);
    // Read as the original reads it: element by element, each answered by a message of its own.
    if (message.length > this.limits.maxBatchLength) {
      const why = `A batch may have ${this.limits.maxBatchLength} elements (maxBatchLength)`;
      return this.refuse('null', new LimitExceededError(why));
    }
    const batch = {};
    for (let i = 0; i < message.length; i++) this.#receive(message[i], new Source(text, i, batch), tooDeep);
  }

  onClose(error?: Error): void {
    if (this.#state === 'closed') throw new TypeError('a transport reported the end of a connection twice');
    this.#state = 'closed';
    this.closedBy = error;
    this.outbound.close(error);
    this.imports.break(error ?? new RpcError('the connection was closed')); // before calls let go of their arguments
    this.inbound.close(error);
    this.exports.clear();
    this.#onClosed();
  }

  /** The other side will send no more, but may still read: what it asked for is answered, within a bound. */
  onEnd(): void {
    this.farIsLeaving = true;
    this.outbound.close(undefined);
    void this.drain(HALF_CLOSED_MS);
  }

  /** Queue one message. The promise, if there is one, resolves when the transport has room again. */
  send(text: string): Promise<void> | undefined {
    this.stats.messagesOut++;
    this.#observe?.('sent', text);
    const full = this.duplex.send(text);
    if (full) this.flow.filled(full, false);
    return full;
  }

  /** The same for an answer. */
  answer(text: string): Promise<void> | undefined {
    const full = this.send(text);
    if (full) this.flow.filled(full, true);
    return full;
  }

  /** A notification of the protocol's own. `params` is plain JSON. */
  sendControl(method: string, params: unknown): void {
    if (!this.isAlive) return;
    const parts = { method: JSON.stringify(method), params: JSON.stringify(params), kwparams: undefined };
    this.send(this.profile.notification(parts));
  }

  /** Answer with an error. Data that cannot travel stays behind. */
  sendFailure(id: string, thrown: unknown): void {
    const error = this.profile.error(thrown, this.far.can('errors'));
    let text: string;
    try {
      text = this.values.encoding(undefined, () =>
        this.profile.failure(id, this.values.encode(error, 'error')),
      );
    } catch {
      // Texts alone always can.
      const bare = typeof error === 'object' ? { ...error, data: undefined } : error;
      text = this.profile.failure(
        id,
        JSON.stringify(bare, (_, value: unknown) => shortened(value)),
      );
    }
    this.answer(text);
  }

  /** Let go of a name, so many emissions of which have come. */
  sendRelease(name: string, count: number): void {
    if (!this.isAlive) return;
    const params = this.far.can('references') ? JSON.stringify([count]) : undefined;
    const parts = { method: JSON.stringify(`${name}.__delete__`), params, kwparams: undefined };
    this.send(this.profile.notification(parts));
  }

  /** Tell a peer that can that an answer is not wanted any more; one that may yet greet, when it does. */
  sendCancel(id: number): void {
    this.far.whenGreeted(() => {
      if (this.far.can('cancel')) this.sendControl('$/cancelRequest', { id });
    });
  }

  /** Take no new calls, finish what runs within `graceMs`, flush and close. */
  async drain(graceMs: number): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'draining';
    if (this.far.can('bye') && !this.farIsLeaving) this.sendControl('$/bye', undefined);
    const { clock } = this.options;
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, graceMs);
    });
    await Promise.race([this.inbound.idle(), late]);
    clock.clearTimeout(timer);
    this.duplex.close();
  }

  /** Run what an application gave us: what it throws disturbs nobody. */
  guard(run: () => unknown): void {
    try {
      void this.settleQuietly(run());
    } catch (error) {
      this.#report(error);
    }
  }

  /** The same for what it gave us a promise of. */
  async settleQuietly(outcome: unknown): Promise<void> {
    try {
      await outcome;
    } catch (error) {
      this.#report(error);
    }
  }

  /** Answer what is no message, and count it: too many of them end the connection. */
  refuse(id: string, error: unknown): void {
    this.stats.invalid++;
    this.sendFailure(id, error);
    if (this.#budget.spend()) return;
    const { maxInvalidPerMinute } = this.limits;
    const why = `More than ${maxInvalidPerMinute} malformed messages in a minute (maxInvalidPerMinute)`;
    this.duplex.close(new LimitExceededError(why));
  }

  #report(error: unknown): void {
    try {
      this.options.onError(error, {});
    } catch {
      // The reporter itself failed: there is nobody left to tell.
    }
  }

  #receive(value: unknown, source: Source, tooDeep: Error | undefined): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.refuse('null', new InvalidRequestError());
    }
    const message = value as Message;
    const response = isResponse(message);
    if (this.far.isUndecided) this.far.learn(message, response);
    if (typeof message.method === 'string') this.inbound.receive(message, source, tooDeep);
    else if (!response) this.refuse(this.#usableId(message, source), new InvalidRequestError());
    else if (tooDeep) this.outbound.respondTooDeep(message, tooDeep);
    else this.outbound.respond(message, source.text);
  }

  /** What is no message is answered under its id, if that can be one. */
  #usableId(message: Message, source: Source): string {
    try {
      return idText(message.id, this.limits.maxIdLength, () => source.spelledId(message));
    } catch {
      return 'null';
    }
  }
}

/** Not even a message that is too long for the other side may keep a request from its answer. */
function shortened(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, 1000) : value;
}
