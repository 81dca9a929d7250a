import { Codec, defaultLimits, type Limits } from '@bjsonrpc/protocol';
import { type Clock, systemClock } from './clock.js';
import type { IncomingInterceptor, OutgoingInterceptor } from './interceptors.js';
import type { WireEvent } from './wire.js';

/** How a peer behaves. Everything has a default. */
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
  readonly onError?: (
    error: unknown,
    context: { readonly method?: string; readonly errorId?: string },
  ) => void;
  /** Milliseconds between pings to a silent peer that greeted; an unanswered one closes the connection. 0: none. 0. */
  readonly pingInterval?: number;
  /** Time and randomness, injected by tests. */
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** The options with every default filled in. */
export interface ResolvedOptions {
  readonly timeout: number;
  readonly extensions: boolean;
  readonly limits: Limits;
  readonly trace: ((line: string) => void) | undefined;
  readonly onWire: ((event: WireEvent) => void) | undefined;
  readonly codec: Codec;
  readonly outgoing: readonly OutgoingInterceptor[];
  readonly incoming: readonly IncomingInterceptor[];
  readonly maskErrors: boolean;
  readonly onError: (
    error: unknown,
    context: { readonly method?: string; readonly errorId?: string },
  ) => void;
  readonly pingInterval: number;
  readonly clock: Clock;
  readonly random: () => number;
}

let plainCodec: Codec | undefined;

export function resolveOptions(options: PeerOptions): ResolvedOptions {
  plainCodec ??= new Codec();
  return {
    timeout: options.timeout ?? 60_000,
    extensions: options.extensions ?? true,
    limits: { ...defaultLimits, ...options.limits },
    trace: options.trace,
    onWire: options.onWire,
    codec: options.codec ?? plainCodec,
    outgoing: options.outgoing ?? [],
    incoming: options.incoming ?? [],
    maskErrors: options.maskErrors ?? false,
    onError: options.onError ?? (() => {}),
    pingInterval: options.pingInterval ?? 0,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}
