import { CancelledError, ConnectionClosedError, type Message, TimeoutError } from '@bjsonrpc/protocol';
import type { RunningCall } from './call-context.js';
import type { Connection } from './connection.js';
import type { Reference } from './imports.js';
import type { IncomingCall } from './interceptors.js';
import type { Peer } from './peer.js';
import type { Producer } from './producer.js';
import type { MethodOwner } from './publish.js';

/** One call of the other side, from its arrival to its answer. */
export class InboundCall implements RunningCall, IncomingCall {
  readonly #connection: Connection;
  readonly #message: Message;
  /** The id as JSON text; undefined for a notification. */
  readonly id: string | undefined;
  readonly method: string;
  /** Whether its message may hold hints. */
  readonly hinted: boolean;
  /** Whether it names the result of an earlier request (section 9). */
  isPipelined = false;
  readonly deadline: number | undefined;
  args: readonly unknown[] = [];
  keywords: { readonly [name: string]: unknown } | undefined;
  /** The object that the method is called on. */
  handler: MethodOwner | undefined;
  /** References that its arguments brought: held until it settles. */
  arrived: readonly Reference[] | undefined;
  producer: Producer | undefined;
  /** Calls that wait for its result (section 9), in order. */
  dependents: (() => void)[] | undefined;
  #controller: AbortController | undefined;
  #aborted: Error | undefined;
  #timer: unknown;

  constructor(connection: Connection, message: Message, about: { id: string | undefined; hinted: boolean }) {
    this.#connection = connection;
    this.#message = message;
    this.id = about.id;
    this.method = message.method as string;
    this.hinted = about.hinted;
    const { timeout } = message;
    if (timeout !== undefined && connection.options.extensions && typeof timeout === 'number') {
      this.deadline = connection.options.clock.now() + timeout;
    }
  }

  get kind(): 'request' | 'notification' {
    return this.id === undefined ? 'notification' : 'request';
  }
  get peer(): Peer<unknown> {
    return this.#connection.peer;
  }
  get principal(): unknown {
    return this.#connection.info.principal;
  }
  get traceparent(): string | undefined {
    return textOrNothing(this.#message.traceparent);
  }
  get tracestate(): string | undefined {
    return textOrNothing(this.#message.tracestate);
  }

  /** How many items the caller of a pipe takes; undefined: it did not pipe, or cannot count. */
  get streamCredit(): number | undefined {
    const { stream } = this.#message;
    const counted =
      this.#connection.options.extensions && this.id !== undefined && Number.isSafeInteger(stream);
    return counted && (stream as number) >= 0 ? (stream as number) : undefined;
  }
  get wantsStream(): boolean {
    return this.streamCredit !== undefined;
  }

  get params(): unknown {
    return this.#message.params;
  }
  get kwparams(): unknown {
    return this.#message.kwparams;
  }

  /** Made when it is first asked for: most methods never do. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted);
      else this.#armDeadline();
    }
    return this.#controller.signal;
  }

  get abortReason(): Error | undefined {
    return this.#aborted;
  }

  /** The caller does not want it any more, or cannot be told. */
  abort(reason: Error = new CancelledError('The caller cancelled')): void {
    if (this.#aborted) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
    this.producer?.cancel();
  }

  /** Whether it may be waiting for a control message of the other side. */
  get isListening(): boolean {
    return this.#controller !== undefined || this.producer !== undefined;
  }

  /** Over: nothing fires any more, and what it brought is let go of. */
  dispose(): void {
    if (this.#timer !== undefined) this.#connection.options.clock.clearTimeout(this.#timer);
    if (!this.arrived) return;
    for (const reference of this.arrived) reference.unhold();
    this.arrived = undefined;
  }

  /** Nobody has looked, or will look, at its arguments: what they refer to goes back. */
  giveBack(): void {
    if (this.hinted) this.#connection.imports.receiveUnwanted([this.params, this.kwparams]);
  }

  /** A call of one of this side's methods by a function that came in, with the rights of who sent it. */
  static local(connection: Connection, method: string, args: readonly unknown[]): InboundCall {
    const call = new InboundCall(connection, { method }, { id: undefined, hinted: false });
    call.args = args;
    return call;
  }

  /** The reason for {@link abort} when a connection ends. */
  static connectionClosed(cause: Error | undefined): Error {
    return new ConnectionClosedError('The connection to the caller is closed', { cause });
  }

  #armDeadline(): void {
    if (this.deadline === undefined) return;
    const { clock } = this.#connection.options;
    const left = Math.max(0, this.deadline - clock.now());
    this.#timer = clock.setTimeout(() => this.abort(new TimeoutError('The deadline has passed')), left);
  }
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
