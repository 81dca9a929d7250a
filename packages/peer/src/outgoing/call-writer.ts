import {
  type Counter,
  type Dialect,
  type RequestExtras,
  UnsendableError,
  type Written,
} from '@bjsonrpc/protocol';
import { keywords } from '../basics/brands.js';
import { type CallOptions, timeLeft } from '../basics/call-options.js';
import type { Clock } from '../basics/clock.js';
import { argumentsText } from '../basics/shared-arguments.js';
import { Unsettled } from '../basics/unsettled.js';
import type { Keywords } from '../contract/remote-method.js';
import type { Awaited, Caller, Route } from '../proxies/route.js';
import { referenceOf } from '../references/reference.js';
import type { PendingRequest } from './request.js';
import { type Building, noObject } from './result-hints.js';

/** One call to be written. */
export interface Call {
  readonly route: Route;
  readonly args: readonly unknown[];
  readonly options: CallOptions | undefined;
}

/** What calls are written with. */
export interface CallWriterParts {
  /** Whose calls these are. */
  readonly outgoing: Caller;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly counter: Counter;
  readonly far: {
    can(extension: 'pipelining'): boolean;
    might(extension: 'cancel' | 'streams'): boolean;
    takesHints(dialect: Dialect): boolean;
    readonly isUndecided: boolean;
  };
  readonly values: {
    encoding(encode: () => string): Written;
    encode(value: unknown, path: string): string;
    encodePlain(value: unknown): string | undefined;
    assertFits(text: string): string;
  };
}

/** Writes the calls of this side as messages. */
export class CallWriter implements Building {
  readonly #parts: CallWriterParts;
  /** The calls that the one being written builds on; undefined while none may be. */
  #dependencies: Awaited[] | undefined;

  constructor(parts: CallWriterParts) {
    this.#parts = parts;
  }

  get caller(): Caller {
    return this.#parts.outgoing;
  }

  /**
   * The message of a call; `request` is its request, undefined for a notification.
   *
   * @throws Unsettled when another call must be answered first; what makes an argument unsendable
   */
  write(call: Call, request: PendingRequest | undefined): Written {
    if (!request || !(call.options || request.sink))
      return this.#writePlain(call, request, undefined) ?? this.#writeAny(call, request, undefined);
    const asking = this.#asking(call, request);
    const extras = this.#extras(request, call.options);
    return this.#writePlain(asking, request, extras) ?? this.#writeAny(asking, request, extras);
  }

  /** Some dialects ask for progress among the parameters. */
  #asking(call: Call, request: PendingRequest): Call {
    const { progress: listener } = request;
    if (!listener) return call;
    const { progress: form } = this.#parts.dialect;
    if (!form) {
      listener.tokens = [request.id];
      return call;
    }
    const { args, tokens } = form.ask(call.args, request.id);
    listener.tokens = tokens;
    return { ...call, args };
  }

  buildOn(awaited: Awaited): boolean {
    const { sent, sink } = awaited as PendingRequest;
    if (!this.#dependencies || !sent || sink || awaited.caller !== this.caller) return false;
    if (!this.#parts.far.can('pipelining')) return false;
    this.#dependencies.push(awaited);
    return true;
  }

  /** Most calls: of a known target, with arguments that need no second look. */
  #writePlain(
    { route, args }: Call,
    request: PendingRequest | undefined,
    extras: RequestExtras | undefined,
  ): string | undefined {
    const { proxy, json } = route;
    if (json === undefined) return undefined;
    if (proxy) {
      route.reference?.assertLive();
      if (request) request.keep = proxy; // not to be collected meanwhile
    }
    const { values, dialect } = this.#parts;
    const { write } = dialect.params;
    const encode = this.#encodePlain;
    const params = args.length === 0 ? undefined : write ? write(args, encode) : argumentsText(args, encode);
    if (params === undefined && args.length > 0) return undefined;
    const parts = { method: json, params, kwparams: undefined };
    return values.assertFits(
      request ? dialect.request(request.id, parts, extras) : dialect.notification(parts),
    );
  }

  readonly #encodePlain = (value: unknown): string | undefined => this.#parts.values.encodePlain(value);

  #writeAny(
    { route, args }: Call,
    request: PendingRequest | undefined,
    extras: RequestExtras | undefined,
  ): Written {
    const { values, dialect } = this.#parts;
    const dependencies: Awaited[] = [];
    const outer = this.#dependencies; // a getter among the arguments may call, too
    this.#dependencies = dependencies;
    const last = Object(args.at(-1)) as Partial<Keywords>;
    const named = keywords in last ? last[keywords] : undefined;
    let count = args.length - (named ? 1 : 0);
    while (count > 0 && args[count - 1] === undefined) count--; // as if they had not been written
    const positional = count > 0 ? args.slice(0, count) : undefined;
    if (positional && named && this.#isPlain)
      throw new UnsendableError(
        `keyword arguments beside others: this dialect takes one or the other`,
        'params',
      );
    try {
      const message = values.encoding(() => {
        const parts = {
          method: route.json ?? this.#target(route),
          params: positional && this.#encodeParams(positional),
          kwparams: Object.keys(named ?? {}).length > 0 ? values.encode(named, 'kwparams') : undefined,
        };
        return request ? dialect.request(request.id, parts, extras) : dialect.notification(parts);
      });
      if (request) {
        request.keep = [route, args]; // proxies among the arguments must not be collected meanwhile
        request.dependencies = dependencies;
      }
      return message;
    } finally {
      this.#dependencies = outer;
    }
  }

  #encodeParams(args: readonly unknown[]): string {
    const { values, dialect } = this.#parts;
    const { write = (all, encode) => encode(all) } = dialect.params;
    return write(args, (value) => values.encode(value, 'params'));
  }

  /** The target that the answer to a request carries, as JSON text: it depends on how far that request has come. */
  #target({ awaited, method, target }: Route): string {
    if (!awaited?.hasResponse) {
      if (awaited && !this.buildOn(awaited)) throw new Unsettled(awaited);
      return JSON.stringify(target);
    }
    const reference = referenceOf(awaited.outcome);
    if (reference?.home !== this.caller) throw noObject(awaited.id);
    reference.assertLive();
    return JSON.stringify(`${reference.name}.${method}`);
  }

  /** Whether the other side is known to take a list of arguments or names, and not both. */
  get #isPlain(): boolean {
    const { far, dialect } = this.#parts;
    return !far.isUndecided && !far.takesHints(dialect);
  }

  #extras({ sink, progress }: PendingRequest, options: CallOptions = {}): RequestExtras {
    const { far, clock } = this.#parts;
    const isTold = far.might('cancel');
    const traced = isTold && options.traceparent !== undefined ? options : {};
    return {
      stream: sink && far.might('streams') ? sink.window : undefined,
      // One that may be prolonged is no deadline.
      timeout: isTold && !options.extendOnProgress ? timeLeft(options, clock) : undefined,
      progress: isTold && progress ? true : undefined,
      traceparent: traced.traceparent,
      tracestate: traced.tracestate,
    };
  }
}
