import { once } from 'node:events';
import { type AnyPeer, connect, type MethodOwner, type Peer } from '@bjsonrpc/peer';
import { type Address, parseAddress } from '../address/address.js';
import { dialler } from '../address/open-transport.js';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { type ConnectionOptions, framingFor } from './connection-options.js';
import { type DialectName, dialects } from './dialects.js';
import { callFailure, isUnknownMethod } from './explain-call.js';
import { dialFailure } from './explain-dial.js';
import { nearNames } from './near-names.js';
import { WireWatch } from './wire-watch.js';

/** How a session is opened. */
export interface SessionParts {
  readonly terminal: Terminal;
  readonly url: string;
  readonly options: ConnectionOptions;
  /** What the other side may call here. Default: nothing. */
  readonly handler?: MethodOwner;
  /** Whether failures are told as JSON. */
  readonly json?: boolean;
  /** Whether what passes is looked at, so that failures are explained better. Default: yes; it takes time. */
  readonly isWatched?: boolean;
}

/** An open connection of a command, whose failures are explained. */
export class Session implements AsyncDisposable {
  readonly peer: Peer;
  readonly address: Address;
  readonly dialect: DialectName;
  readonly #watch: WireWatch | undefined;
  readonly #parts: SessionParts;

  private constructor(
    peer: Peer,
    parts: SessionParts,
    { address, watch }: { address: Address; watch: WireWatch | undefined },
  ) {
    this.peer = peer;
    this.address = address;
    this.dialect = parts.options.dialect;
    this.#watch = watch;
    this.#parts = parts;
  }

  /** @throws Failure that says why there is no connection; the reason of an interrupt */
  static async open(parts: SessionParts): Promise<Session> {
    const { terminal, url, options, handler, isWatched = true } = parts;
    const address = parseAddress(url);
    const watch =
      isWatched || options.verbose ? new WireWatch(options.verbose ? terminal.err : undefined) : undefined;
    const transport = await dialler(address, { ...options, framing: framingFor(address, options) });
    try {
      const peer = await connect(transport, {
        ...peerOptions(options),
        signal: terminal.interrupted,
        ...(watch && { onWire: watch.onWire }),
        onError: (error) => void terminal.err.line(terminal.err.colors.yellow(String(error))),
        ...(handler && { handler }),
      });
      return new Session(peer, parts, { address, watch });
    } catch (error) {
      if (terminal.interrupted.aborted) throw terminal.interrupted.reason;
      throw dialFailure(error, address);
    }
  }

  /** Whether this is JSON-RPC 2.0, where nobody knows of references and streams. */
  get isForeign(): boolean {
    return this.dialect !== 'bjsonrpc';
  }

  /** Runs what makes calls; of a method by that name, if it is one. @throws Failure that explains what went wrong; the reason of an interrupt */
  async explained<T>(run: () => Promise<T>, method?: string): Promise<T> {
    try {
      return await run();
    } catch (error) {
      const near = method !== undefined && isUnknownMethod(error) ? await this.#namesLike(method) : [];
      const { terminal, url, json = false } = this.#parts;
      if (terminal.interrupted.aborted) throw terminal.interrupted.reason;
      throw callFailure(error, { dialect: this.dialect, watch: this.#watch, url, json, near });
    }
  }

  /** None, where nobody can be asked. */
  async #namesLike(method: string): Promise<readonly string[]> {
    if (this.isForeign || this.#parts.options.plain) return [];
    const signal = AbortSignal.timeout(1000);
    const asked = this.peer.describe().then(
      ({ methods }) => methods.map(({ name }) => name),
      () => [], // it is only for a hint
    );
    return nearNames(method, await Promise.race([asked, aborted(signal).then(() => [])]));
  }

  /** Resolves when the connection has ended. @throws Failure where it did not end in peace */
  async ended(): Promise<void> {
    const { error } = await this.peer.closed;
    if (error) throw lost(error);
  }

  /** Stays until Ctrl-C. @throws Failure when the connection ends before, the reason of the interrupt otherwise */
  async untilInterrupted(): Promise<never> {
    const { interrupted } = this.#parts.terminal;
    await Promise.race([this.ended(), aborted(interrupted)]);
    if (interrupted.aborted) throw interrupted.reason;
    throw new Failure('the other side closed the connection', { exitCode: exitCodes.connectionLost });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closed(this.peer);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function lost(error: Error): Failure {
  return new Failure(`the connection was lost: ${error.message}`, {
    exitCode: exitCodes.connectionLost,
    cause: error,
  });
}

/** What was sent is written, and a child has ended; a second is enough for the rest. */
async function closed(peer: AnyPeer): Promise<void> {
  await peer.close({ graceMs: 1000 });
}

function peerOptions({ dialect, timeout, plain }: ConnectionOptions): object {
  return {
    dialect: dialects[dialect],
    ...(timeout !== undefined && { timeout }),
    ...(plain && { extensions: false }),
  };
}
