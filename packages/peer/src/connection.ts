import {
  type Codec,
  type ConnectionInfo,
  Counter,
  type Dialect,
  type Duplex,
  type Limits,
  type ReferenceHint,
} from '@bjsonrpc/protocol';
import type { Clock } from './basics/clock.js';
import { Memory } from './basics/memory.js';
import { Reporter } from './basics/reporter.js';
import { abandon } from './basics/streams.js';
import { type Observe, observer } from './basics/wire-event.js';
import type { Peer, PeerStats } from './contract/peer.js';
import { Answers } from './incoming/answers.js';
import { Incoming } from './incoming/incoming.js';
import { IncomingCall } from './incoming/incoming-call.js';
import { type Resolved, Resolver } from './incoming/resolver.js';
import { Runner, throughInterceptors } from './incoming/runner.js';
import { Life } from './life.js';
import type { ResolvedOptions } from './options.js';
import { CallWriter } from './outgoing/call-writer.js';
import { Deadlines } from './outgoing/deadlines.js';
import { Outgoing } from './outgoing/outgoing.js';
import { Pending } from './outgoing/pending.js';
import { Responses } from './outgoing/responses.js';
import { hintOfRemote } from './outgoing/result-hints.js';
import { makeProxy } from './proxies/remote-object.js';
import { acquire, relinquish } from './publishing/lifetimes.js';
import type { MethodOwner } from './publishing/publish.js';
import { Exports } from './references/exports.js';
import { Imports } from './references/imports.js';
import { type Reference, referenceOf } from './references/reference.js';
import { Releases } from './references/releases.js';
import { hintOfExport } from './values/export-hints.js';
import { Values } from './values/values.js';
import { FarSide } from './wire/far-side.js';
import { Flow } from './wire/flow.js';
import { Inlet } from './wire/inlet.js';
import { KeepAlive } from './wire/keep-alive.js';
import { Outlet } from './wire/outlet.js';

/** What a connection is given. */
export interface ConnectionParts {
  readonly peer: Peer;
  readonly duplex: Duplex;
  readonly options: ResolvedOptions;
  readonly info: ConnectionInfo;
  /** Whether this side opened the connection: then it greets. */
  readonly dialled: boolean;
  /** What this side publishes; undefined: nothing. */
  readonly handler: MethodOwner | undefined;
  /** What all connections of the server may keep together; undefined for one that stands alone. */
  readonly serverMemory?: Memory | undefined;
  /** What a server speaks with those who do not know its dialect. */
  readonly strangers?: Dialect | undefined;
  /** Why it is not served at all. */
  readonly refusal?: Error | undefined;
}

/** What a connection was given, and what follows from that alone. */
class Circumstances implements ConnectionParts {
  declare readonly peer: Peer;
  declare readonly duplex: Duplex;
  declare readonly options: ResolvedOptions;
  declare readonly info: ConnectionInfo;
  declare readonly dialled: boolean;
  declare readonly handler: MethodOwner | undefined;
  declare readonly refusal?: Error | undefined;
  declare readonly strangers?: Dialect | undefined;
  declare readonly dialect: Dialect;
  declare readonly limits: Limits;
  declare readonly clock: Clock;
  declare readonly codec: Pick<Codec, 'encode' | 'decode'>;
  /** Whether bytes may come, and go, beside a message: the transport can, and the codec leaves them to us. */
  declare readonly carriesBytes: boolean;
  declare readonly isExtended: boolean;
  declare readonly memory: Memory;

  constructor(all: Circumstances) {
    Object.assign(this, all);
  }

  static of(given: ConnectionParts): Circumstances {
    const { options, duplex, serverMemory } = given;
    const { dialect, limits, clock, codec, extensions } = options;
    return {
      ...given,
      dialect,
      limits,
      clock,
      codec,
      carriesBytes: duplex.carriesBytes === true && codec.hasBytes === true,
      isExtended: extensions,
      memory: new Memory('maxConnectionBytes', limits.maxConnectionBytes, serverMemory),
    };
  }
}

/**
 * The parts of one connection, each made once and handed those that it names: it declares them as a small interface of its
 * own, and knows of no others. What joins parts of different floors stands here as a verb.
 */
class Connection extends Circumstances {
  readonly counter: Counter = new Counter();
  readonly reporter: Reporter = new Reporter(this.options.onError);
  readonly observe: Observe | undefined = observer(this.options, (run) => this.guard(run));

  readonly far: FarSide = new FarSide(this);
  readonly flow: Flow = new Flow(this);
  readonly outlet: Outlet = new Outlet(this);
  readonly inlet: Inlet = new Inlet(this);
  readonly exports: Exports = new Exports(this);
  readonly imports: Imports = new Imports(this);
  readonly releases: Releases = new Releases(this);
  readonly values: Values = new Values(this);
  readonly writer: CallWriter = new CallWriter(this);
  readonly pending: Pending = new Pending(this);
  readonly responses: Responses = new Responses(this);
  readonly deadlines: Deadlines = new Deadlines(this);
  readonly outgoing: Outgoing = new Outgoing(this);
  readonly answers: Answers = new Answers(this);
  readonly resolver: Resolver = new Resolver(this);
  readonly runner: Runner = new Runner(this);
  readonly incoming: Incoming = new Incoming(this);
  readonly life: Life = new Life(this);
  readonly keepAlive: KeepAlive = new KeepAlive(this);

  get stats(): PeerStats {
    const { pending, incoming, exports, imports, duplex, inlet, outlet } = this;
    return {
      pending: pending.size,
      running: incoming.size,
      exported: exports.size,
      imported: imports.size,
      bytesIn: duplex.bytesIn,
      bytesOut: duplex.bytesOut,
      messagesIn: inlet.messages,
      messagesOut: outlet.messages,
      stray: pending.stray,
      invalid: inlet.invalid,
      refused: incoming.refused,
    };
  }

  /** The hint of a value that travels by reference: of what the other side has given, or of what this side gives. */
  hintOf(value: object): ReferenceHint | undefined {
    const { writer, exports } = this;
    return hintOfRemote(value, writer, (result) => this.hintOf(result)) ?? hintOfExport(value, exports);
  }

  makeProxy(reference: Reference): object {
    return makeProxy(this.outgoing, reference);
  }

  /** An object of this side is sent for the first time. */
  acquired(target: object): void {
    acquire(target, this.peer);
    referenceOf(target)?.hold(); // passed on to another connection, it lives as long as this export
  }

  /** It is let go of; `wasSent` is false where the message that would have carried it was never written. */
  dropped(target: object, wasSent: boolean): void {
    referenceOf(target)?.unhold();
    this.guard(() => relinquish(target, this.peer, wasSent));
    if (wasSent) this.guard(() => abandon(target));
  }

  /** Runs a method of this side to which a reference of the other has led, with that side's rights. */
  callLocally(method: string, resolved: Resolved, args: readonly unknown[]): unknown {
    const { incoming } = this.options;
    if (incoming.length === 0) return Reflect.apply(resolved.method.fn, resolved.owner, args);
    const call = new IncomingCall(this, { method }, undefined, { dialect: this.dialect, batch: undefined });
    call.args = args;
    return throughInterceptors(incoming, call, resolved);
  }

  /** Runs what an application gave us: what it throws disturbs nobody. */
  guard(run: () => unknown): void {
    void this.reporter.guard(run);
  }
}

/** Makes a connection; it begins to read when its life is started. */
export function openConnection(parts: ConnectionParts): Connection {
  return new Connection(Circumstances.of(parts));
}
