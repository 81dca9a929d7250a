import {
  bjsonrpc,
  type ConnectionInfo,
  Counter,
  type Duplex,
  InvalidRequestError,
  isResponse,
  LimitExceededError,
  type Message,
  nestsDeeperThan,
  type Receiver,
  RpcError,
  readMessage,
} from '@bjsonrpc/protocol';
import { Budget } from './basics/budget.js';
import type { CallOptions } from './basics/call-options.js';
import { type OnError, Reporter } from './basics/reporter.js';
import { abandon } from './basics/streams.js';
import { type Observe, observer } from './basics/wire-event.js';
import type { Peer, PeerStats } from './contract/peer.js';
import { Answers } from './incoming/answers.js';
import type { Controlled } from './incoming/controls.js';
import { Incoming } from './incoming/incoming.js';
import { IncomingCall } from './incoming/incoming-call.js';
import { Resolver } from './incoming/resolver.js';
import { throughInterceptors } from './incoming/runner.js';
import type { ResolvedOptions } from './options.js';
import { Outgoing } from './outgoing/outgoing.js';
import { hintOfRemote } from './outgoing/result-hints.js';
import { makeProxy } from './proxies/remote-object.js';
import { type Caller, Route } from './proxies/route.js';
import { describe } from './publishing/describe.js';
import { acquire, relinquish } from './publishing/lifetimes.js';
import { isHandler, type MethodOwner } from './publishing/publish.js';
import { Exports, type ExportsParts } from './references/exports.js';
import { Imports } from './references/imports.js';
import { referenceOf } from './references/reference.js';
import { hintOfExport } from './values/export-hints.js';
import { Values } from './values/values.js';
import { FarSide } from './wire/far-side.js';
import { Flow, type Traffic } from './wire/flow.js';
import { Outlet } from './wire/outlet.js';
import { Source } from './wire/source.js';

/** How long a handler may go on for a caller that has ended its half of the connection. */
const HALF_CLOSED_MS = 1000;

/** What a connection is made of. */
export interface ConnectionParts {
  readonly peer: Peer;
  readonly duplex: Duplex;
  readonly options: ResolvedOptions;
  readonly info: ConnectionInfo;
  /** Whether this side opened the connection: then it greets. */
  readonly dialled: boolean;
  /** What this side publishes; undefined: nothing. */
  readonly handler: MethodOwner | undefined;
  readonly onClosed: () => void;
}

/**
 * One connection: makes the parts, gives each the few things that it uses, and routes each message: to {@link Incoming}
 * if it calls this side, to {@link Outgoing} if it answers it.
 *
 * open → draining (we said goodbye, and finish what runs) → closed. Never back.
 */
class Connection implements Receiver, Traffic, Controlled {
  readonly #parts: ConnectionParts;
  readonly #reporter: Reporter;
  readonly #observe: Observe | undefined;
  readonly #far: FarSide;
  readonly #flow: Flow;
  readonly #outlet: Outlet;
  readonly #exports: Exports;
  readonly #imports: Imports;
  readonly #answers: Answers;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #budget: Budget;
  #isDraining = false;
  #messagesIn = 0;
  #invalid = 0;

  constructor(parts: ConnectionParts) {
    const { peer, duplex, options, info, dialled, handler } = parts;
    const { limits, clock, codec, incoming: interceptors, extensions: isExtended } = options;
    const profile = bjsonrpc;
    const counter = new Counter();
    const reporter = new Reporter(options.onError);
    const guard = (run: () => unknown): void => void reporter.guard(run);
    const observe = observer(options.trace, options.onWire);
    const far = new FarSide({ isEnabled: isExtended, isDialled: dialled });
    const flow = new Flow(duplex, this);
    const outlet = new Outlet({ duplex, profile, flow, observe });
    const exports = new Exports({ counter, far, maxExports: limits.maxExports, ...lifetimes(peer, guard) });
    const imports = new Imports({
      maxDepth: limits.maxDepth,
      home: () => outgoing,
      makeProxy: (kind) => makeProxy(outgoing, kind),
      release: (name, count) => this.#release(name, count),
      guard,
    });
    const surroundings = { clock, peer, principal: info.principal, isExtended };
    const resolver = new Resolver(handler, exports, (method, resolved, args) => {
      const call = new IncomingCall(surroundings, { method }, undefined);
      call.args = args;
      return interceptors.length > 0
        ? throughInterceptors(interceptors, call, resolved)
        : Reflect.apply(resolved.method.fn, resolved.owner, args);
    });
    const values: Values = new Values({
      codec,
      limits,
      far,
      exports,
      imports,
      refer: [
        (value) => hintOfRemote(value, outgoing.building, (result) => values.refer(result)),
        (value) => hintOfExport(value, exports),
      ],
      local: {
        localObject: (name) => exports.target(name),
        localFunction: (name) => resolver.localFunction(name),
      },
    });
    const answers = new Answers({ profile, outlet, far, values, exports });
    const shared = { limits, clock, counter, profile, far, flow, outlet, exports, imports, values, guard };
    const { timeout, maskErrors, random } = options;
    const outgoing = new Outgoing({ ...shared, peer, timeout, interceptors: options.outgoing });
    const masking = {
      maskErrors,
      random,
      report: (...about: Parameters<OnError>) => reporter.report(...about),
    };
    this.#incoming = new Incoming({
      ...shared,
      surroundings,
      controlled: this,
      answers,
      resolver,
      interceptors,
      masking,
    });
    this.#parts = parts;
    this.#reporter = reporter;
    this.#observe = observe;
    this.#far = far;
    this.#flow = flow;
    this.#outlet = outlet;
    this.#exports = exports;
    this.#imports = imports;
    this.#answers = answers;
    this.#outgoing = outgoing;
    this.#budget = new Budget(clock, limits.maxInvalidPerMinute);
  }

  get isFlooded(): boolean {
    return this.#incoming.isFlooded;
  }
  get isWaiting(): boolean {
    return this.#outgoing.pending.isWaiting;
  }
  get isAlive(): boolean {
    return !this.#outlet.isClosed;
  }

  get caller(): Caller {
    return this.#outgoing;
  }

  get stats(): PeerStats {
    const { bytesIn, bytesOut } = this.#parts.duplex;
    return {
      pending: this.#outgoing.pending.size,
      running: this.#incoming.size,
      exported: this.#exports.size,
      imported: this.#imports.size,
      bytesIn,
      bytesOut,
      messagesIn: this.#messagesIn,
      messagesOut: this.#outlet.messages,
      stray: this.#outgoing.pending.stray,
      invalid: this.#invalid,
    };
  }

  /** Greet, if this side is to, and begin to read. */
  start(): void {
    const { dialled, duplex, options } = this.#parts;
    if (dialled && options.extensions) this.#outlet.control('$/hello', FarSide.greeting(options.limits));
    duplex.start(this);
  }

  /** A control message that is a request: an ordinary call. */
  ask(method: string, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    return this.#outgoing.call(new Route(this.#outgoing, method), args, options);
  }

  canPing(): boolean {
    return this.#far.can('ping');
  }

  /** Resolves when the transport has room. */
  drained(): Promise<void> {
    return this.#flow.drained();
  }

  /** Run what an application gave us: what it throws disturbs nobody. */
  guard(run: () => unknown): void {
    void this.#reporter.guard(run);
  }

  onMessage(text: string): void {
    this.#messagesIn++;
    this.#observe?.('received', text);
    let message: unknown;
    try {
      message = readMessage(text);
    } catch (error) {
      return this.#refuse('null', error);
    }
    const { maxDepth, maxBatchLength } = this.#parts.options.limits;
    // Every level takes two characters at least.
    const isDeep = text.length > 2 * maxDepth && nestsDeeperThan(message, maxDepth);
    const tooDeep = isDeep ? new LimitExceededError(`Nested deeper than ${maxDepth} (maxDepth)`) : undefined;
    if (!Array.isArray(message)) return this.#receive(message, new Source(text, tooDeep));
    // Read as the original reads it: element by element, each answered by a message of its own.
    if (message.length > maxBatchLength) {
      const why = `A batch may have ${maxBatchLength} elements (maxBatchLength)`;
      return this.#refuse('null', new LimitExceededError(why));
    }
    const batch = {};
    for (let i = 0; i < message.length; i++) this.#receive(message[i], new Source(text, tooDeep, i, batch));
  }

  onClose(error?: Error): void {
    if (this.#outlet.isClosed) throw new TypeError('a transport reported the end of a connection twice');
    this.#outlet.isClosed = true;
    this.#outgoing.close(error);
    this.#imports.break(error ?? new RpcError('the connection was closed')); // before calls let go of their arguments
    this.#incoming.close(error);
    this.#exports.clear();
    this.#parts.onClosed();
  }

  greeted(params: unknown): void {
    const { dialled, options } = this.#parts;
    if (this.#far.greeted(params) && !dialled)
      this.#outlet.control('$/hello', FarSide.greeting(options.limits));
  }

  leaves(): void {
    this.#far.isLeaving = true;
  }

  cancel(id: string): void {
    this.#incoming.cancel(id);
  }

  grant(id: string, credit: number): void {
    this.#incoming.grant(id, credit);
  }

  describe(name: string | undefined): object {
    const { handler } = this.#parts;
    const owner = name === undefined ? handler : this.#exports.target(name);
    return { methods: owner && (owner === handler || isHandler(owner)) ? describe(owner) : [] };
  }

  /** The other side will send no more, but may still read: what it asked for is answered, within a bound. */
  onEnd(): void {
    this.#far.isLeaving = true;
    this.#outgoing.failAll(undefined);
    void this.drain(HALF_CLOSED_MS);
  }

  /** Take no new calls, finish what runs within `graceMs`, flush and close. */
  async drain(graceMs: number): Promise<void> {
    if (this.#isDraining || this.#outlet.isClosed) return;
    this.#isDraining = true;
    const { duplex, options } = this.#parts;
    const { clock } = options;
    if (this.#far.can('bye') && !this.#far.isLeaving) this.#outlet.control('$/bye');
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, graceMs);
    });
    await Promise.race([this.#incoming.drain(), late]);
    clock.clearTimeout(timer);
    duplex.close();
  }

  #receive(value: unknown, source: Source): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#refuse('null', new InvalidRequestError());
    const message = value as Message;
    const response = isResponse(message);
    if (this.#far.isUndecided) this.#far.learn(message, response);
    if (response) return this.#outgoing.pending.respond(message, source.text, source.tooDeep);
    let id: string | undefined;
    let fault: unknown;
    try {
      id = source.idOf(message, this.#parts.options.limits.maxIdLength);
    } catch (error) {
      fault = error;
    }
    if (typeof message.method !== 'string') this.#refuse(id ?? 'null', new InvalidRequestError());
    else if (fault) this.#refuse('null', fault);
    else this.#incoming.receive(message, id, source);
  }

  /** Answer what is no message, and count it: too many of them end the connection. */
  #refuse(id: string, error: unknown): void {
    this.#invalid++;
    this.#answers.failure(id, error);
    if (this.#budget.spend()) return;
    const { duplex, options } = this.#parts;
    const { maxInvalidPerMinute } = options.limits;
    const why = `More than ${maxInvalidPerMinute} malformed messages in a minute (maxInvalidPerMinute)`;
    duplex.close(new LimitExceededError(why));
  }

  /** Let go of a name, so many emissions of which have come (section 6). */
  #release(name: string, count: number): void {
    this.#outlet.control(`${name}.__delete__`, this.#far.can('references') ? [count] : undefined);
  }
}

/** What becomes of an object of this side when it is first sent, and when it is let go of. */
function lifetimes(
  peer: Peer,
  guard: (run: () => unknown) => void,
): Pick<ExportsParts, 'acquired' | 'dropped'> {
  return {
    acquired: (target) => {
      acquire(target, peer);
      referenceOf(target)?.hold(); // passed on to another connection, it lives as long as this export
    },
    dropped: (target, wasSent) => {
      referenceOf(target)?.unhold();
      guard(() => relinquish(target, peer, wasSent));
      if (wasSent) guard(() => abandon(target));
    },
  };
}

/** Makes a connection; it begins to read when it is started. */
export function openConnection(parts: ConnectionParts): Connection {
  return new Connection(parts);
}
