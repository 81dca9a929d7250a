import {
  bjsonrpc,
  ConnectionClosedError,
  type ConnectionInfo,
  Counter,
  type Duplex,
  LimitExceededError,
  type Receiver,
  RpcError,
} from '@bjsonrpc/protocol';
import type { CallOptions } from './basics/call-options.js';
import { type OnError, Reporter } from './basics/reporter.js';
import { abandon } from './basics/streams.js';
import { observer } from './basics/wire-event.js';
import type { CloseReason, Peer, PeerStats } from './contract/peer.js';
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
import { Inlet } from './wire/inlet.js';
import { Outlet } from './wire/outlet.js';

/** How long a handler may go on for a caller that has ended its half of the connection. */
const HALF_CLOSED_MS = 1000;
/** How long a side that is cut off may take to hear why. */
const CUT_MS = 1000;

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
  readonly onClosed: (reason: CloseReason) => void;
}

/**
 * One connection: makes the parts, gives each the few things that it uses, and carries out what concerns several.
 *
 * open → draining (we said goodbye, and finish what runs) → closed. Never back.
 */
class Connection implements Receiver, Traffic, Controlled {
  readonly #parts: ConnectionParts;
  readonly #reporter: Reporter;
  readonly #far: FarSide;
  readonly #flow: Flow;
  readonly #outlet: Outlet;
  readonly #inlet: Inlet;
  readonly #exports: Exports;
  readonly #imports: Imports;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  #isDraining = false;
  /** This side has ended it, or ends it ... */
  #isEndedHere = false;
  /** ... for this reason, if there is one; or the other side for this. */
  #fault: Error | undefined;

  constructor(parts: ConnectionParts) {
    const { peer, duplex, options, info, dialled, handler } = parts;
    const { limits, clock, codec, timeout, incoming: interceptors, extensions: isExtended } = options;
    const profile = bjsonrpc;
    const counter = new Counter();
    const reporter = new Reporter(options.onError);
    const guard = (run: () => unknown): void => void reporter.guard(run);
    const observe = observer(options.trace, options.onWire);
    const far = new FarSide({ isEnabled: isExtended, isDialled: dialled, clock });
    const flow = new Flow(duplex, this);
    const outlet = new Outlet({ duplex, profile, flow, observe });
    const exports = new Exports({ counter, far, maxExports: limits.maxExports, ...lifetimes(peer, guard) });
    const imports = new Imports({
      maxDepth: limits.maxDepth,
      home: () => outgoing,
      makeProxy: (reference) => makeProxy(outgoing, reference),
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
    const shared = { limits, clock, counter, profile, far, flow, outlet, exports, imports, values, guard };
    const answers = new Answers(shared);
    const outgoing = new Outgoing({
      ...shared,
      peer,
      reporter,
      timeout,
      interceptors: options.outgoing,
      waiting: flow,
    });
    const { pending } = outgoing;
    const { maskErrors, random } = options;
    const report = (...about: Parameters<OnError>): void => reporter.report(...about);
    const incoming = new Incoming({
      ...shared,
      surroundings,
      answers,
      resolver,
      interceptors,
      masking: { maskErrors, random, report },
      waiting: pending,
      controlled: this,
    });
    this.#parts = parts;
    this.#reporter = reporter;
    this.#far = far;
    this.#flow = flow;
    this.#outlet = outlet;
    this.#exports = exports;
    this.#imports = imports;
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    const cut = (error: Error): void => this.cut(error);
    this.#inlet = new Inlet({ ...shared, observe, incoming, pending, answers, cut });
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
  makeRoom(): void {
    this.#incoming.makeRoom();
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
      messagesIn: this.#inlet.messages,
      messagesOut: this.#outlet.messages,
      stray: this.#outgoing.pending.stray,
      invalid: this.#inlet.invalid,
      refused: this.#incoming.refused,
    };
  }

  /** Greet, if this side is to, and begin to read. */
  start(): void {
    const { dialled, duplex, options } = this.#parts;
    if (dialled && options.extensions) this.#greet();
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

  /** Whether the open connection, and what is awaited of it, keeps the program alive. */
  keepAlive(on: boolean): void {
    const { duplex } = this.#parts;
    if (on) duplex.ref?.();
    else duplex.unref?.();
    this.#outgoing.keepAlive(on);
  }

  /** Run what an application gave us: what it throws disturbs nobody. */
  guard(run: () => unknown): void {
    void this.#reporter.guard(run);
  }

  onMessage(text: string): void {
    this.#inlet.receive(text);
  }

  /** The other side will send no more, but may still read: what it asked for is answered, within a bound. */
  onEnd(): void {
    this.#far.isLeaving = true;
    this.#outgoing.failAll(undefined);
    void this.drain(HALF_CLOSED_MS);
    this.#isEndedHere = false;
  }

  onClose(error: Error | undefined = undefined): void {
    if (this.#outlet.isClosed) throw new TypeError('a transport reported the end of a connection twice');
    const fault = this.#fault ?? error;
    this.#outlet.isClosed = true;
    this.#far.close();
    this.#outgoing.close(fault);
    this.#imports.break(fault ?? new RpcError('the connection was closed')); // before calls let go of their arguments
    this.#incoming.close(fault);
    this.#exports.clear();
    this.#parts.onClosed({ by: this.#isEndedHere ? 'here' : 'there', error: fault });
  }

  greeted(params: unknown): void {
    if (this.#far.greeted(params) && !this.#parts.dialled) this.#greet();
  }

  leaves(reason: string | undefined): void {
    this.#far.isLeaving = true;
    if (reason === undefined || this.#isEndedHere) return;
    this.#fault ??= new ConnectionClosedError(`The other side cut the connection off: ${reason}`);
  }

  refused(count: number, reason: string): void {
    const what = count === 1 ? 'A notification was' : `${count} notifications were`;
    this.#reporter.report(new LimitExceededError(`${what} refused by the other side: ${reason}`), {});
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

  /** Take no new calls, finish what runs within `graceMs`, flush and close. */
  async drain(graceMs: number): Promise<void> {
    if (this.#isDraining || this.#outlet.isClosed) return;
    this.#isDraining = true;
    this.#isEndedHere = true;
    const { duplex, options } = this.#parts;
    const { clock } = options;
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, graceMs);
      clock.ref?.(timer);
    });
    await Promise.race([Promise.all([this.#incoming.drain(), this.#sayGoodbye()]), late]);
    clock.clearTimeout(timer);
    duplex.close();
  }

  /** Close at once: what is queued is dropped. */
  abort(error: Error): void {
    this.#isEndedHere = true;
    this.#parts.duplex.close(error);
  }

  /** End it because of something that the other side does: it is told, where it can be. */
  cut(error: Error): void {
    if (!this.#far.can('bye')) return this.abort(error);
    const { duplex, options } = this.#parts;
    this.#isEndedHere = true;
    this.#fault ??= error;
    this.#outlet.control('$/bye', [error.message]);
    duplex.close();
    options.clock.setTimeout(() => duplex.close(error), CUT_MS); // one that does not even read
  }

  /**
   * Announces the end. Resolves when the other side has heard it: what it had sent by then has come and was refused, and
   * it sends no more, so that no call is lost on the way.
   */
  async #sayGoodbye(): Promise<void> {
    // Who dialled a moment ago has its greeting on the way, and calls behind it.
    if (!this.#parts.dialled && this.#far.isUndecided)
      await new Promise<void>((resolve) => this.#far.whenSettled(resolve));
    if (!this.#far.can('bye') || this.#far.isLeaving) return;
    this.#outlet.control('$/bye');
    if (this.canPing()) await this.ask('$/ping', []).catch(() => {});
  }

  #greet(): void {
    const { duplex, options } = this.#parts;
    const own = options.limits.maxMessageBytes;
    this.#outlet.control('$/hello', FarSide.greeting(Math.min(own, duplex.maxMessageBytes ?? own)));
  }

  /** Let go of a name, so many emissions of which have come (section 6); when it is known whether the other side counts. */
  #release(name: string, count: number): void {
    if (this.#far.isUndecided) return this.#far.whenSettled(() => this.#release(name, count));
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
