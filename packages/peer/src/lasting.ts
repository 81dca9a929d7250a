/**
 * `import { LastingClient } from '@bjsonrpc/peer/lasting'`: a client that goes on when its connection, or its session, is gone
 * for good. Who does not import it does not pay for it.
 */
import { ConnectionClosedError, isForeign, TimeoutError, type Transport } from '@bjsonrpc/protocol';
import { whenAborted } from './basics/abort.js';
import {
  assertAmount,
  assertFunction,
  assertKnown,
  assertSignal,
  assertTransport,
} from './basics/known-options.js';
import { Sleepers } from './basics/sleepers.js';
import { type ConnectOptions, connect } from './connect.js';
import type { Peer } from './contract/peer.js';
import type { CallProxy } from './contract/remote-types.js';
import { type ResolvedOptions, resolveOptions } from './options.js';
import type { MethodOwner } from './publishing/publish.js';

/** The first retry comes soon; the later ones ever later, at random, so that not all clients come at once. */
const FIRST_MS = 100;
const STEP_MS = 250;
const MOST_MS = 10_000;
/** A peer that lasted so long was a good one. */
const GOOD_MS = 5000;

/** What is known when a new peer is opened. */
export interface Opening {
  /** How many peers there have been before. 0: this is the first. */
  readonly count: number;
  /** Why the last one ended; undefined for the first one, and after a peaceful end. */
  readonly error: Error | undefined;
}

/** How a lasting client stands. */
export interface LastingChange {
  /**
   * `opening`: a peer is dialled, or restored; `open`: programs have it; `waiting`: until the next attempt; `closed`: for good.
   */
  readonly state: 'opening' | 'open' | 'waiting' | 'closed';
  /** How many peers there have been before. */
  readonly count: number;
  /** Why the last peer, or the last attempt, ended. */
  readonly error: Error | undefined;
  /** While waiting: for how long, in milliseconds. */
  readonly retryMs?: number;
}

/** How a {@link LastingClient} is made: with all that `connect` takes, and more. */
export interface LastingOptions<Remote, Value> extends Omit<ConnectOptions, 'handler' | 'signal'> {
  /** Makes what each new peer publishes. */
  readonly handler?: () => MethodOwner;
  /**
   * Restores what the program needs on a new peer: subscribes, fetches objects. Nobody else gets the peer before that; what it
   * gives goes with the peer. When it fails the peer is given up, and another one tried.
   */
  readonly open?: (peer: Peer<Remote>, opening: Opening) => Value | Promise<Value>;
  /** Asked after each failed attempt, with how many failed in a row: true ends the client. By default it never does. */
  readonly giveUp?: (failed: { readonly attempts: number; readonly error: Error }) => boolean;
  /** Hears of every change. What it throws is reported to `onError`. */
  readonly onState?: (change: LastingChange) => void;
  /** Calls `kick` whenever it may be worth to try at once, and gives a function that ends that. By default never. */
  readonly wake?: (kick: () => void) => () => void;
}

/** How long, and until when, a peer is waited for. */
export interface UseOptions {
  /** In milliseconds; 0: for ever. By default the client's own `timeout`. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Calls of whichever peer there is. Their promises are ordinary ones: build on results within {@link LastingClient.use}. */
export type LastingCalls<Remote> = {
  readonly [Name in keyof CallProxy<Remote>]: CallProxy<Remote>[Name] extends (
    ...args: infer Args
  ) => PromiseLike<infer Result>
    ? (...args: Args) => Promise<Result>
    : never;
};

interface Current<Remote, Value> {
  readonly peer: Peer<Remote>;
  readonly value: Value;
}

/**
 * A client with one peer after another. While there is none, calls wait for the next, within their timeout.
 *
 *     const client = new LastingClient<Api, Room>(resumable(tcp()), { open: (peer) => peer.call.room() });
 *     await client.call.add(2, 3);
 *     await client.use((peer, room) => room.call.say('hello'));
 *
 * @typeParam Remote what the server publishes
 * @typeParam Value what `open` gives
 */
export class LastingClient<Remote = unknown, Value = undefined> implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #options: LastingOptions<Remote, Value>;
  readonly #connectOptions: Omit<ConnectOptions, 'handler' | 'signal'>;
  readonly #resolved: ResolvedOptions;
  readonly #ending = new AbortController();
  #current: Current<Remote, Value> | undefined;
  #count = 0;
  /** Whoever waits for a peer; and the next attempt, while it is waited for. */
  readonly #waiting: Sleepers;
  readonly #retrying: Sleepers;
  /** Resolves when it has ended: by {@link close}, or with what it was given up for. Never rejects. */
  readonly closed: Promise<{ readonly error: Error | undefined }>;
  /**
   * Calls the server. One that certainly did not run, since its connection had ended, is made again on the next peer; one that may
   * have run is not: it fails with a `ConnectionClosedError` whose `sent` is true.
   */
  readonly call: LastingCalls<Remote>;

  /** Begins to connect. @throws TypeError for an unknown option, or one of the wrong kind */
  constructor(transport: Transport, options: LastingOptions<Remote, Value> = {}) {
    const { handler, open, giveUp, onState, wake, ...connectOptions } = options;
    const own = { handler, open, giveUp, onState, wake };
    for (const [name, value] of Object.entries(own)) assertFunction(name, value);
    assertTransport(transport, 'dial'); // or it would be tried for ever
    this.#transport = transport;
    this.#options = options;
    this.#connectOptions = connectOptions;
    this.#resolved = resolveOptions(connectOptions, Object.keys(own));
    this.#waiting = new Sleepers(this.#resolved.clock);
    this.#retrying = new Sleepers(this.#resolved.clock);
    this.call = new Proxy(Object.freeze(Object.create(null)), {
      get: (_, name) =>
        // Nor is it a promise, or anything else that every object may be asked to be.
        typeof name === 'string' && name !== 'then'
          ? (...args: unknown[]) => this.#callNamed(name, args)
          : undefined,
    });
    const stopWaking = wake?.(() => this.#retrying.wakeAll());
    this.closed = this.#live().then((error) => {
      stopWaking?.();
      this.#tell('closed', error);
      this.#waiting.wakeAll();
      return { error };
    });
  }

  /** The peer of now, restored; undefined while there is none. */
  get peer(): Peer<Remote> | undefined {
    return this.#current?.peer;
  }

  /**
   * Runs something with the peer of now, or the next one, and what `open` gave for it. It runs once: what becomes of a call in the
   * middle of it only the program knows.
   *
   * @throws TimeoutError when there is no peer in time, the signal's reason, ConnectionClosedError when the client has ended, and
   *   whatever `run` does
   */
  async use<Result>(
    run: (peer: Peer<Remote>, value: Value) => Result | Promise<Result>,
    options: UseOptions = {},
  ): Promise<Result> {
    assertKnown('use()', options, ['timeout', 'signal']);
    assertAmount('timeout', options.timeout);
    assertSignal(options.signal);
    const { peer, value } = await this.#next(this.#deadline(options.timeout), options.signal);
    return await run(peer, value);
  }

  /** No more peers; the one of now is closed as `Peer.close` does. Idempotent. */
  async close(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#ending.abort(new ConnectionClosedError('The client was closed'));
    await this.#current?.peer.close(options);
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** One peer after another. Resolves with why there will be no more. */
  async #live(): Promise<Error | undefined> {
    const { clock } = this.#resolved;
    let failures = 0;
    let error: Error | undefined;
    while (!this.#ending.signal.aborted) {
      this.#tell('opening', error);
      try {
        const opened = await this.#open(error);
        const begun = clock.now();
        error = await this.#serve(opened);
        failures = clock.now() - begun >= GOOD_MS ? 0 : failures + 1;
      } catch (failure) {
        error = failure as Error;
        failures++;
        if (this.#ending.signal.aborted) break;
        if (this.#options.giveUp?.({ attempts: failures, error })) {
          this.#ending.abort(
            new ConnectionClosedError(`The client has given up: ${error.message}`, { cause: error }),
          );
          return error;
        }
      }
      if (!this.#ending.signal.aborted) await this.#wait(failures, error);
    }
    return undefined;
  }

  async #open(error: Error | undefined): Promise<Current<Remote, Value>> {
    const { handler, open } = this.#options;
    const { signal } = this.#ending;
    const published = handler && { handler: handler() };
    const peer = await connect<Remote>(this.#transport, { ...this.#connectOptions, ...published, signal });
    const unwatch = whenAborted(signal, () => void peer.close());
    try {
      const value = (await open?.(peer, { count: this.#count, error })) as Value;
      this.#count++;
      return { peer, value };
    } catch (failure) {
      peer.abort(failure as Error);
      await peer.closed;
      throw failure;
    } finally {
      unwatch();
    }
  }

  /** Lets programs have it, until it ends. @returns why */
  async #serve(current: Current<Remote, Value>): Promise<Error | undefined> {
    if (this.#ending.signal.aborted) await current.peer.close();
    else {
      this.#current = current;
      this.#tell('open', undefined);
      this.#waiting.wakeAll();
    }
    const { error } = await current.peer.closed;
    this.#current = undefined;
    return error;
  }

  async #wait(failures: number, error: Error | undefined): Promise<void> {
    const { random } = this.#resolved;
    const retryMs = random() * (failures === 0 ? FIRST_MS : Math.min(MOST_MS, STEP_MS * 2 ** failures));
    this.#tell('waiting', error, retryMs);
    await this.#retrying.sleep(retryMs, this.#ending.signal);
  }

  async #callNamed(name: string, args: readonly unknown[]): Promise<unknown> {
    const deadline = this.#deadline(undefined);
    for (;;) {
      const { peer } = await this.#next(deadline, undefined);
      const call = peer.call as unknown as {
        readonly [name: string]: (...args: readonly unknown[]) => Promise<unknown>;
      };
      try {
        return await call[name]?.(...args);
      } catch (error) {
        // What another peer says of its own connections is no word about ours.
        const didNotRun = error instanceof ConnectionClosedError && !error.sent && !isForeign(error);
        if (!didNotRun || this.#ending.signal.aborted) throw error;
        await peer.closed; // it may be leaving, and not yet gone
      }
    }
  }

  #deadline(timeout = this.#resolved.timeout): number {
    return timeout > 0 ? this.#resolved.clock.now() + timeout : Number.POSITIVE_INFINITY;
  }

  /** The peer of now, or the next one. */
  async #next(deadline: number, signal: AbortSignal | undefined): Promise<Current<Remote, Value>> {
    const { clock } = this.#resolved;
    while (this.#current === undefined) {
      this.#ending.signal.throwIfAborted();
      signal?.throwIfAborted();
      const leftMs = deadline - clock.now();
      if (leftMs <= 0) throw new TimeoutError('There was no connection in time');
      await this.#waiting.sleep(leftMs, signal);
    }
    return this.#current;
  }

  #tell(state: LastingChange['state'], error: Error | undefined, retryMs?: number): void {
    const wait = retryMs === undefined ? {} : { retryMs };
    try {
      this.#options.onState?.({ state, count: this.#count, error, ...wait });
    } catch (failure) {
      this.#resolved.onError(failure, { method: 'onState' });
    }
  }
}
