import {
  type basicLimits,
  type Duplex,
  LimitExceededError,
  type Message,
  type Receiver,
  RpcError,
} from '@bjsonrpc/protocol';
import type { CallOptions } from '../call-options.js';
import type { Clock } from '../clock.js';
import type { Peer } from '../peer.js';
import type { CallKind } from '../proxies.js';
import type { SlimOptions } from './connect.js';
import { clearExports, type Export } from './exports.js';
import { type IncomingCall, receive } from './incoming.js';
import type { Route } from './proxies.js';
import { breakImports, type Reference } from './references.js';
import { failAll, invoke, type Request, respond } from './requests.js';

/** How a peer behaves. What may be absent has its default where it is used. */
export interface Settings extends Omit<SlimOptions, 'signal'> {
  readonly limits: typeof basicLimits;
  readonly clock: Clock;
}

/** What the greeting of the other side has to list (section 5). */
const needed = ['references', 'streams', 'cancel', 'pipelining', 'errors'];

/**
 * One connection: its state, which the functions beside this file work on, and its way to the wire.
 *
 * It does not wait for the other side's greeting: who greets has understood all that was sent before, and who does
 * not is found out by the first answer.
 */
export class Link implements Receiver {
  readonly duplex: Duplex;
  readonly settings: Settings;
  peer!: Peer<unknown>;
  /** Run once, when the connection has ended. */
  onEnded!: () => void;
  /** Numbers requests and exported objects alike. */
  lastNumber = 0;
  /** Answers that nobody was waiting for (any more). */
  stray = 0;
  /** Resolves when the transport has room for more. */
  room: Promise<void> | undefined;

  /** What the other side holds of this one, by name and by object. */
  readonly exports: Map<string, Export> = new Map();
  readonly exported: Map<object, Export> = new Map();
  /** What this side holds of the other, by name. */
  readonly imports: Map<string, Reference> = new Map();
  /** Calls of this side without an answer, by id. */
  readonly pending: Map<unknown, Request> = new Map();
  /** Running calls of the other side: requests by their id, notifications by themselves. */
  readonly calls: Map<unknown, IncomingCall> = new Map();
  /** Run when there are none left. */
  whenIdle: (() => void) | undefined;

  /** The longest message that both sides allow; undefined until the other one has greeted. */
  maxBytes: number | undefined;
  /** Which side has said goodbye. */
  isLeaving = false;
  farIsLeaving = false;
  /** Set once the connection has ended. */
  end: { readonly error: Error | undefined } | undefined;

  constructor(duplex: Duplex, settings: Settings) {
    this.duplex = duplex;
    this.settings = settings;
  }

  /** Greet, and begin to read. */
  start(): void {
    const { codec, limits } = this.settings;
    const extensions = ['references', 'streams', 'cancel', 'errors', 'ping', 'bye'];
    if (codec) extensions.push('values');
    const { maxMessageBytes } = limits;
    this.sendControl('$/hello', [{ version: 1, extensions, limits: { maxMessageBytes } }]);
    this.duplex.start(this);
  }

  /** The greeting has come. */
  greeted(greeting: unknown): void {
    const { extensions, limits } = Object(greeting) as { extensions?: unknown; limits?: unknown };
    if (!Array.isArray(extensions)) return;
    const { maxMessageBytes: far } = Object(limits) as { maxMessageBytes?: unknown };
    const { maxMessageBytes: own } = this.settings.limits;
    this.maxBytes = (far as number) > 0 && (far as number) < own ? (far as number) : own;
    if (needed.some((extension) => !extensions.includes(extension))) this.#refuse();
  }

  onMessage(text: string): void {
    try {
      const message = Object(JSON.parse(text)) as Message;
      const { method, id, result, error = null } = message;
      if (Object(id) === id) throw id;
      if (typeof method === 'string') receive(this, message, method);
      else if (result === undefined && error === null) throw id;
      else if (this.maxBytes) respond(this, message);
      else this.#refuse();
    } catch {
      // No message, or one that cannot be served: whatever it was, the transport is not to be thrown at.
      this.duplex.close(new RpcError(`Not a message: ${text.slice(0, 99)}`));
    }
  }

  onClose(error?: Error): void {
    this.end = { error };
    failAll(this, error);
    breakImports(this, error);
    for (const call of this.calls.values()) call.leave(error);
    clearExports(this);
    this.onEnded();
  }

  /** Queue one message. */
  send(text: string): void {
    if (this.end) return clearExports(this); // what was to go with it goes nowhere
    this.room = this.duplex.send(text);
  }

  /** A notification of the protocol's own. */
  sendControl(method: string, params?: unknown): void {
    this.send(JSON.stringify({ params, method }));
  }

  /** A call by way of a proxy. */
  invoke(kind: CallKind, route: Route, args: readonly unknown[], options: CallOptions = {}): unknown {
    return invoke(this, kind, { route, args, options });
  }

  /** @throws LimitExceededError when there are that many already */
  assertRoom(
    limit: 'maxExports' | 'maxRunningCalls' | 'maxPendingCalls',
    { size }: { readonly size: number },
  ): void {
    const max = this.settings.limits[limit];
    if (size >= max) throw new LimitExceededError(`${limit} (${max}) is reached`);
  }

  /** Run what an application gave us: what it throws, at once or later, disturbs nobody. */
  async guard(run: () => unknown, context: { readonly method?: string } = {}): Promise<void> {
    try {
      await run();
    } catch (error) {
      try {
        this.settings.onError?.(error, context);
      } catch {
        // The reporter itself failed: there is nobody left to tell.
      }
    }
  }

  #refuse(): void {
    this.duplex.close(new RpcError(`The other side does not speak ${needed}`));
  }
}
