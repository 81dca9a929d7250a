import {
  BuiltinCodec,
  bjsonrpc,
  type Codec,
  type Dialect,
  defaultLimits,
  type Limits,
} from '@bjsonrpc/protocol';
import { type Clock, systemClock } from './basics/clock.js';
import { assertAmount, assertFunction, assertKnown } from './basics/known-options.js';
import { type OnError, sayOnce } from './basics/reporter.js';
import type { WireEvent } from './basics/wire-event.js';
import type { OutgoingInterceptor } from './outgoing/outgoing-interceptor.js';
import type { IncomingInterceptor } from './publishing/incoming-interceptor.js';

/** How a peer behaves. Every member has a default; an unknown one is a TypeError. */
export interface PeerOptions {
  /** Milliseconds until a call without an own timeout is given up, and a dialling; 0: never. 60,000. Streams have none by default. */
  readonly timeout?: number;
  /** What is spoken: `jsonrpc2`, `lsp`, `mcp`, `acp`, or this library's own, which is the default. */
  readonly dialect?: Dialect;
  /**
   * Whether to speak the extensions with peers that know them. `false`: the plain profile of 2010, byte for byte. True, but in
   * `jsonrpc2` only if it is set on both sides; in the others there are none.
   */
  readonly extensions?: boolean;
  readonly limits?: Partial<Limits>;
  /** Gets every message as a line, the way the original printed them: `<:49: {…}` received, `>:44: {…}` sent. */
  readonly trace?: (line: string) => void;
  /** The same as data. */
  readonly onWire?: (event: WireEvent) => void;
  /** The application's own classes that travel by value. */
  readonly codec?: Pick<Codec, 'encode' | 'decode'> & Partial<Pick<Codec, 'hasBytes'>>;
  /** Around every call that leaves (section on interceptors of the API). The first one is the outermost. */
  readonly outgoing?: readonly OutgoingInterceptor[];
  /** Around every call that comes. The first one is the outermost. */
  readonly incoming?: readonly IncomingInterceptor[];
  /**
   * Hide what unexpected errors say, those of other peers included: the caller sees `Internal error` and an id that
   * {@link onError} gets too. Expected ones are what a handler throws as an `RpcError`.
   */
  readonly maskErrors?: boolean;
  /**
   * Gets what could not be told to any caller: errors of notifications and of hooks, calls that were refused unheard, masked
   * errors with their id; and of a server, each connection that was refused, broke, or was cut. By default each is said once
   * on the console, but for what is only about a connection.
   */
  readonly onError?: OnError;
  /**
   * Let the stack of a failed call's error tell where the call was made. Every call then remembers that, which halves the
   * speed of small ones: for development. False.
   */
  readonly callSites?: boolean;
  /** Milliseconds between pings to a silent peer that greeted; an unanswered one closes the connection. 0: none. 60,000. */
  readonly pingInterval?: number;
  /** Time and randomness, injected by tests. */
  readonly clock?: Clock;
  readonly random?: () => number;
}

type Optional = 'trace' | 'onWire';

/** The options with every default filled in. */
export type ResolvedOptions = Required<Omit<PeerOptions, Optional | 'limits'>> &
  Pick<PeerOptions, Optional> & { readonly limits: Limits };

let builtinCodec: BuiltinCodec | undefined;

const defaults = {
  onError: sayOnce,
  timeout: 60_000,
  dialect: bjsonrpc,
  outgoing: [],
  incoming: [],
  maskErrors: false,
  callSites: false,
  pingInterval: 60_000,
  clock: systemClock,
  random: Math.random,
};

const names = [...Object.keys(defaults), 'extensions', 'limits', 'trace', 'onWire', 'codec'];

/** Options that many connections have in common. */
const resolved = new WeakMap<PeerOptions, ResolvedOptions>();

/**
 * The same for the same frozen options.
 *
 * @param others that there are beside them, where they came from: for the error of an unknown one
 * @throws TypeError for an unknown option, or an amount that is no number
 */
export function resolveOptions(options: PeerOptions, others: readonly string[] = []): ResolvedOptions {
  const known = resolved.get(options) ?? resolve(options, others);
  if (Object.isFrozen(options)) resolved.set(options, known);
  return known;
}

function resolve(options: PeerOptions, others: readonly string[]): ResolvedOptions {
  const { limits = {}, timeout, pingInterval, trace, onWire, onError, random } = options;
  assertKnown('options', options, [...others, ...names]);
  assertKnown('limits', limits, Object.keys(defaultLimits));
  for (const [name, value] of Object.entries({ timeout, pingInterval, ...limits })) assertAmount(name, value);
  for (const [name, value] of Object.entries({ trace, onWire, onError, random })) assertFunction(name, value);
  const { dialect = bjsonrpc } = options;
  assertDialect(dialect);
  if (options.extensions && dialect.extensions === 'never')
    throw new TypeError(`extensions: there are none in the dialect ${dialect.name}`);
  builtinCodec ??= new BuiltinCodec();
  return {
    codec: builtinCodec,
    extensions: dialect.extensions === 'offered',
    ...defaults,
    ...given(options),
    limits: { ...defaultLimits, ...given(limits) },
  };
}

/** @throws TypeError */
function assertDialect(dialect: Partial<Dialect> | null): void {
  if (typeof dialect?.request !== 'function')
    throw new TypeError('dialect must be one of those that @bjsonrpc/peer exports: jsonrpc2, lsp, mcp, acp');
}

/** An option that is undefined is one that was not given. */
function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}
