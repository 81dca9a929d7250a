import type { RequestExtras } from '@bjsonrpc/protocol';
import type { CallOptions } from './call-options.js';
import type { Connection } from './connection.js';
import { noObject, referenceOf } from './imports.js';
import { Keywords } from './keywords.js';
import { timeLeft } from './patience.js';
import { STREAM_WINDOW } from './remote-stream.js';
import type { Request } from './request.js';
import type { Route } from './route.js';
import { Unsettled } from './values.js';

/** One call to be written. */
export interface Call {
  readonly route: Route;
  readonly args: readonly unknown[];
  readonly options: CallOptions | undefined;
}

/** Writes the calls of this side as messages. */
export class CallWriter {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * The message of a call; `request` is its request, undefined for a notification.
   *
   * @throws Unsettled when another call must be answered first; what makes an argument unsendable
   */
  write(call: Call, request: Request | undefined): string {
    const extras =
      request && (call.options || request.sink) ? this.#extras(request, call.options) : undefined;
    return this.#writePlain(call, request, extras) ?? this.#writeAny(call, request, extras);
  }

  /** Whether a call may build on the answer to this request before it is here (section 9). */
  canPipeline(request: Request): boolean {
    const { far } = this.#connection;
    return request.sent && request.connection === this.#connection && far.can('pipelining') && !request.sink;
  }

  /** Most calls: of a known target, with arguments that need no second look. */
  #writePlain(
    { route, args }: Call,
    request: Request | undefined,
    extras: RequestExtras | undefined,
  ): string | undefined {
    const { destination, json } = route;
    if (json === undefined) return undefined;
    if (destination !== undefined) {
      route.reference?.assertLive();
      if (request) request.keep = destination; // not to be collected meanwhile
    }
    const { values, profile } = this.#connection;
    const params = args.length === 0 ? undefined : values.encodePlain(args);
    if (params === undefined && args.length > 0) return undefined;
    const parts = { method: json, params, kwparams: undefined };
    return values.assertFits(
      request ? profile.request(request.id, parts, extras) : profile.notification(parts),
    );
  }

  #writeAny({ route, args }: Call, request: Request | undefined, extras: RequestExtras | undefined): string {
    const { values, profile } = this.#connection;
    const dependencies: Request[] = [];
    const text = values.encoding(dependencies, () => {
      const method = this.#target(route, dependencies);
      const last = args[args.length - 1];
      const keywords = last instanceof Keywords ? last.values : undefined;
      let count = keywords ? args.length - 1 : args.length;
      while (count > 0 && args[count - 1] === undefined) count--; // as if they had not been written
      const positional = count === args.length ? args : args.slice(0, count);
      const hasKeywords = keywords !== undefined && Object.keys(keywords).length > 0;
      const parts = {
        method,
        params: count > 0 ? values.encode(positional, 'params') : undefined,
        kwparams: hasKeywords ? values.encode(keywords, 'kwparams') : undefined,
      };
      return request ? profile.request(request.id, parts, extras) : profile.notification(parts);
    });
    if (request) {
      request.keep = [route.destination, args]; // proxies among the arguments must not be collected meanwhile
      if (dependencies.length) request.dependencies = dependencies;
    }
    return text;
  }

  /** The target as JSON text. A route to the result of a request depends on how far that request has come. */
  #target(route: Route, dependencies: Request[]): string {
    if (route.json !== undefined) return route.json;
    const request = route.destination as Request;
    if (!request.hasResponse) {
      if (!this.canPipeline(request)) throw new Unsettled(request);
      dependencies.push(request);
      return JSON.stringify(route.target);
    }
    const reference = referenceOf(request.outcome);
    if (reference?.connection !== this.#connection) throw noObject(request.id);
    reference.assertLive();
    return JSON.stringify(`${reference.name}.${route.method}`);
  }

  #extras(request: Request, options: CallOptions | undefined): RequestExtras {
    const {
      far,
      options: { clock },
    } = this.#connection;
    const traced = options?.traceparent !== undefined && far.might('cancel');
    return {
      stream: request.sink && far.might('streams') ? STREAM_WINDOW : undefined,
      timeout: far.might('cancel') ? timeLeft(options, clock) : undefined,
      traceparent: traced ? options.traceparent : undefined,
      tracestate: traced ? options.tracestate : undefined,
    };
  }
}
