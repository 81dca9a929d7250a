import type { ConnectionInfo } from '@bjsonrpc/protocol';
import type { CallOptions } from '../basics/call-options.js';
import type { Callable } from './remote-types.js';

/** Counters of one connection. */
export interface PeerStats {
  /** Calls of this side without an answer. */
  readonly pending: number;
  /** Calls of the other side that run or wait here. */
  readonly running: number;
  /** Objects, functions and streams of this side that the other holds. */
  readonly exported: number;
  /** The same of the other side that this one holds. */
  readonly imported: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Answers that nobody was waiting for (any more). */
  readonly stray: number;
  /** Messages that were none. */
  readonly invalid: number;
  /** Notifications of the other side that were refused. */
  readonly refused: number;
}

/** One published method, as `$/describe` tells it. */
export interface MethodDescription {
  readonly name: string;
  /** Where they are declared. */
  readonly parameters?: readonly string[];
  /** Where it is given. */
  readonly doc?: string;
}

/** What a peer, or one of its objects, publishes. */
export interface Description {
  readonly methods: readonly MethodDescription[];
}

/** Why a connection ended. */
export interface CloseReason {
  /** Which side ended it. A line that broke, or fell silent, was ended there. */
  readonly by: 'here' | 'there';
  /** What was wrong; undefined where both sides parted in peace. */
  readonly error: Error | undefined;
}

/**
 * One end of a connection. Both ends are equal: each calls what the other publishes.
 *
 * @typeParam Remote what the other side publishes
 */
export interface Peer<Remote = unknown> extends Callable<Remote>, AsyncDisposable {
  /** Resolves when the connection has ended, with the reason. Never rejects. */
  readonly closed: Promise<CloseReason>;
  /** What the transport knows of the connection. */
  readonly info: ConnectionInfo;
  readonly stats: PeerStats;

  /** The same four ways to call, with a timeout, a deadline, an abort signal, or everything of a running call's context. */
  with(options: CallOptions): Callable<Remote>;
  /**
   * Sends what is called in there, by whatever proxies of this connection, as one message (an array); each call has a promise of its
   * own all the same. As several messages where one would be longer than the other side takes, or has more than `maxBatchLength`.
   *
   *     const [sum, product] = await Promise.all(peer.batch(() => [peer.call.add(2, 3), peer.call.multiply(2, 3)]));
   *
   * @returns what `calls` returns @throws what it throws; TypeError in a dialect without batches (lsp, mcp, acp)
   */
  batch<Result>(calls: () => Result): Result;
  /** Resolves when the write buffer has room: what a program that sends without end awaits now and then. */
  drain(): Promise<void>;
  /** Resolves when the other side has answered. @throws as a call does; an old peer answers that it knows no such method */
  ping(options?: CallOptions): Promise<void>;
  /** What the other side publishes, or what an object of its publishes. @throws as a call does */
  describe(object?: object): Promise<Description>;
  /**
   * Close gracefully: new calls of the other side are refused, running ones may finish within `graceMs` (5000),
   * everything queued is written, and what this side still waits for fails. Idempotent.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  /** Close at once: what is queued is dropped. */
  abort(error?: Error): void;
  /** Whether the open connection, and what is awaited of it, keeps the program alive: it does, until {@link unref}. */
  ref(): void;
  unref(): void;
}

/** A peer of whatever type: what a function takes that looks at peers, or closes them, and calls nothing. */
export type AnyPeer = Omit<Peer, 'call' | 'method' | 'notify' | 'pipe' | 'with'>;
