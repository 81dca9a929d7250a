import {
  type Codec,
  type DecodeContext,
  decodeValue,
  type EncodeContext,
  encodePlain,
  encodeValue,
  LimitExceededError,
  type ReferenceHint,
  type ReferenceKind,
  withoutClassHints,
} from '@bjsonrpc/protocol';
import type { Connection } from './connection.js';
import { noObject, type Reference, referenceOf } from './imports.js';
import { isStream } from './producer.js';
import { routeOf } from './proxies.js';
import { isHandler } from './publish.js';
import { RemotePromise } from './remote-promise.js';
import { Request } from './request.js';
import { localFunction } from './resolve.js';
import { utf8Length } from './wire.js';

/** Thrown by the encoder: the value holds the promise of a call whose answer must come first. */
export class Unsettled {
  readonly request: Request;
  constructor(request: Request) {
    this.request = request;
  }
}

/** What this side's values become on the wire of one connection, and back. */
export class Values implements EncodeContext, DecodeContext {
  readonly #connection: Connection;
  /** The calls that the arguments being encoded refer to; undefined while a result is encoded. */
  #dependencies: Request[] | undefined;
  /** The references that the value being decoded has brought. */
  #arrived: Reference[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get codec(): Codec {
    return this.#connection.options.codec;
  }
  get maxDepth(): number {
    return this.#connection.limits.maxDepth;
  }
  get classHint(): EncodeContext['classHint'] {
    return this.#connection.far.might('values') ? undefined : withoutClassHints;
  }

  /**
   * Runs an encoding of a message and accounts for the references in it: all of them are on their way when it
   * succeeds, none when it throws.
   *
   * @throws LimitExceededError for a message that the other side would not take
   */
  encoding(dependencies: Request[] | undefined, encode: () => string): string {
    this.#dependencies = dependencies;
    try {
      const text = this.assertFits(encode());
      this.#connection.exports.commit();
      return text;
    } catch (error) {
      this.#connection.exports.rollback();
      throw error;
    } finally {
      this.#dependencies = undefined;
    }
  }

  encode(value: unknown, path: string): string {
    return encodeValue(value, path, this);
  }

  /** The JSON text of a value that needs no translation; undefined for one that does. */
  encodePlain(value: unknown): string | undefined {
    return encodePlain(value, this.#connection.limits.maxDepth);
  }

  /** @returns the message. @throws LimitExceededError for one that the other side would not take */
  assertFits(text: string): string {
    const { maxMessageBytes } = this.#connection.limits;
    const { far } = this.#connection;
    const max = Math.min(maxMessageBytes, far.maxMessageBytes);
    if (text.length * 3 <= max) return text; // whatever the characters are
    const bytes = utf8Length(text);
    if (bytes <= max) return text;
    throw new LimitExceededError(`The message has ${bytes} bytes; ${max} are allowed (maxMessageBytes)`);
  }

  /** The value, and the references that came with it, each of them held once. */
  decode(value: unknown): { readonly value: unknown; readonly arrived: readonly Reference[] } {
    this.#arrived = [];
    try {
      const decoded = decodeValue(value, this);
      return { value: decoded, arrived: this.#arrived };
    } catch (error) {
      for (const reference of this.#arrived) reference.unhold();
      throw error;
    }
  }

  refer(value: object): ReferenceHint | undefined {
    const connection = this.#connection;
    const request = RemotePromise.requestOf(value);
    if (request) {
      // Whoever builds on this promise hears of its failure there; left alone, it must not count as unhandled.
      (value as Promise<unknown>).then(undefined, () => {});
      return this.#referToResult(request);
    }
    const route = routeOf(value);
    if (route?.connection === connection) return { __functionreference__: this.#functionName(route) };
    const reference = referenceOf(value);
    if (reference?.connection === connection) {
      reference.assertLive();
      return { __objectreference__: reference.name };
    }
    return this.#export(value, reference?.kind);
  }

  remoteObject(name: string, kind: ReferenceKind): unknown {
    const { reference, proxy } = this.#connection.imports.receive(name, kind);
    reference.hold();
    this.#arrived.push(reference);
    return proxy;
  }

  localObject(name: string): unknown {
    return this.#connection.exports.target(name);
  }

  localFunction(name: string): unknown {
    return localFunction(this.#connection, name);
  }

  #referToResult(request: Request): ReferenceHint {
    if (!request.hasResponse) {
      if (!this.#dependencies || !this.#connection.outbound.canPipeline(request))
        throw new Unsettled(request);
      this.#dependencies.push(request);
      return { __objectreference__: `#${request.id}` };
    }
    // What is no object fails here as it would have failed there: time must not tell.
    const result = request.outcome as object;
    if (!referenceOf(result)) throw noObject(request.id);
    return this.refer(result) as ReferenceHint;
  }

  #functionName({ destination, method, target }: NonNullable<ReturnType<typeof routeOf>>): string {
    const request = destination && destination instanceof Request ? destination : undefined;
    if (!request) {
      referenceOf(destination)?.assertLive();
      return target;
    }
    if (!request.hasResponse) throw new Unsettled(request);
    const reference = referenceOf(request.outcome);
    if (!reference) throw noObject(request.id);
    return `${reference.name}.${method}`;
  }

  #export(value: object, foreign: ReferenceKind | undefined): ReferenceHint | undefined {
    const { exports } = this.#connection;
    if (typeof value === 'function') {
      return exports.emit(value, 'function', (name) => ({ __remoteobject__: name, callable: true }));
    }
    if (foreign === 'object') return exports.emit(value, 'object', (name) => ({ __remoteobject__: name }));
    if (isHandler(value)) {
      return exports.emit(value, String(value.constructor.name), (name) => ({ __remoteobject__: name }));
    }
    if (!isStream(value)) return undefined;
    return exports.emit(value, 'stream', (name) => ({ __remoteobject__: name, iterable: true }));
  }
}
