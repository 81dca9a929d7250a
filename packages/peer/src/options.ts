import { Codec, defaultLimits, type Limits } from '@bjsonrpc/protocol';
import { type Clock, systemClock } from './basics/clock.js';
import type { OnError } from './basics/reporter.js';
import type { WireEvent } from './basics/wire-event.js';
import type { OutgoingInterceptor } from './outgoing/outgoing-interceptor.js';
import type { IncomingInterceptor } from './publishing/incoming-interceptor.js';

/** How a peer behaves. Every member has a default. */
export interface PeerOptions {
  /** Milliseconds until a call without an own timeout is given up; 0: never. 60,000. Streams have none by default. */
  readonly timeout?: number;
  /** Whether to speak the extensions with peers that know them. `false`: the plain profile of 2010, byte for byte. */
  readonly extensions?: boolean;
  readonly limits?: Partial<Limits>;
  /** Gets every message as a line, the way the original printed them: `<:49: {…}` received, `>:44: {…}` sent. */
  readonly trace?: (line: string) => void;
  /** The same as data. */
  readonly onWire?: (event: WireEvent) => void;
  /** The application's own classes that travel by value. */
  readonly codec?: Codec;
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
   * Gets what could not be told to any caller: errors of notifications and of hooks, and masked ones with their id.
   * By default they are dropped, as the original drops them.
   */
  readonly onError?: OnError;
  /** Milliseconds between pings to a silent peer that greeted; an unanswered one closes the connection. 0: none. 0. */
  readonly pingInterval?: number;
  /** Time and randomness, injected by tests. */
  readonly clock?: Clock;
  readonly random?: () => number;
}

type Optional = 'trace' | 'onWire';

/** The options with every default filled in. */
export type ResolvedOptions = Required<Omit<PeerOptions, Optional | 'limits'>> &
  Pick<PeerOptions, Optional> & { readonly limits: Limits };

let plainCodec: Codec | undefined;

const defaults = {
  timeout: 60_000,
  extensions: true,
  outgoing: [],
  incoming: [],
  maskErrors: false,
  onError: () => {},
  pingInterval: 0,
  clock: systemClock,
  random: Math.random,
};

export function resolveOptions(options: PeerOptions): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  plainCodec ??= new Codec();
  return { codec: plainCodec, ...defaults, ...given, limits: { ...defaultLimits, ...options.limits } };
}
