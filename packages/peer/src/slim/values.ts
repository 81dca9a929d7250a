import {
  DependencyFailedError,
  decodeValue,
  type EncodeContext,
  InvalidParamsError,
  LimitExceededError,
  type ReferenceHint,
  translateValue,
  UnsendableError,
} from '@bjsonrpc/protocol';
import { unacquire } from '../lifetimes.js';
import { isHandler } from '../publish.js';
import { type Export, emit, exportedObject, subtract } from './exports.js';
import type { Link } from './link.js';
import { makeProxy, type Route, requestOf, routeOf } from './proxies.js';
import { arrive, type Reference, referenceOf } from './references.js';
import type { Request } from './requests.js';
import { localFunction } from './resolve.js';

/** What of a Codec is used. Without one, only JSON and references travel. */
export interface ValueClasses {
  encode(value: object): ReturnType<EncodeContext['codec']['encode']>;
  decode(name: unknown, args: readonly unknown[]): unknown;
}

const noClasses: ValueClasses = {
  encode: () => undefined,
  decode: (name) => {
    throw new InvalidParamsError(`Unknown class '${name}': connect with a codec`);
  },
};

/** Translates what the application gave; `path` is how errors call it. */
export type Encode = (value: unknown, path: string) => unknown;

/**
 * One message as text, and the references in it counted: none are if it throws.
 *
 * @param make the message
 * @param dependencies gets the requests that the message builds on; undefined: it must not build on any
 * @throws the Request whose answer must come first; UnsendableError; LimitExceededError
 */
export function write(link: Link, make: (encode: Encode) => object, dependencies?: Request[]): string {
  const emitted: Export[] = [];
  const { codec = noClasses, limits } = link.settings;
  const refer = (value: object, path: string): ReferenceHint | undefined => {
    const hint = referenceTo(link, value, dependencies);
    if (hint) return hint;
    const isFunction = typeof value === 'function';
    if (isFunction || isHandler(value)) {
      const entry = emit(link, value, isFunction ? 'function' : value.constructor.name);
      emitted.push(entry);
      return { __remoteobject__: entry.name, ...(isFunction && { callable: true }) };
    }
    if (Symbol.asyncIterator in value) throw new UnsendableError('a stream without @bjsonrpc/peer', path);
    return undefined;
  };
  const context = { codec, maxDepth: limits.maxDepth, refer };
  try {
    const text = JSON.stringify(make((value, path) => translateValue(value, path, context)));
    const max = link.maxBytes ?? limits.maxMessageBytes;
    if (text.length * 3 > max && new TextEncoder().encode(text).length > max)
      throw new LimitExceededError(`The message is longer than ${max} bytes (maxMessageBytes)`);
    return text;
  } catch (error) {
    for (const entry of emitted) subtract(link, entry, 1, unacquire);
    throw error;
  }
}

/** What stands for something that came from the other side, or will come. */
function referenceTo(link: Link, value: object, dependencies?: Request[]): ReferenceHint | undefined {
  const request = requestOf(value);
  if (request?.link === link) {
    // Whoever builds on this promise hears of its failure there; left alone, it must not count as unhandled.
    (value as Promise<unknown>).then(undefined, () => {});
    return { __objectreference__: nameOfResult(request, dependencies) };
  }
  const route = routeOf(value);
  if (route?.link === link) return { __functionreference__: nameOf(route) };
  const reference = referenceOf(value);
  if (reference?.link !== link) return undefined;
  reference.assertLive();
  return { __objectreference__: reference.name };
}

/** The full name of a method, as the other side knows it. @throws as {@link write} does */
export function nameOf({ object, request, method }: Route, dependencies?: Request[]): string {
  if (request) return `${nameOfResult(request, dependencies)}.${method}`;
  const reference = referenceOf(object);
  reference?.assertLive();
  return reference ? `${reference.name}.${method}` : method;
}

/** Of the result of a request, which may not be here yet. */
function nameOfResult(request: Request, dependencies?: Request[]): string {
  if (request.hasResponse) {
    if (request.error) throw request.error;
    const reference = referenceOf(request.result);
    // What is no object fails here as it would have failed there: time must not tell.
    if (!reference) throw new DependencyFailedError(`Request ${request.id} gave no object`);
    reference.assertLive();
    return reference.name;
  }
  if (!dependencies || !request.sent || request.onItem) throw request;
  dependencies.push(request);
  return `#${request.id}`;
}

/** The value that came, and the references that came with it, each of them held once. */
export function read(link: Link, value: unknown): [value: unknown, arrived: readonly Reference[]] {
  const { codec = noClasses, limits } = link.settings;
  const arrived: Reference[] = [];
  try {
    const decoded = decodeValue(value, {
      codec,
      maxDepth: limits.maxDepth,
      remoteObject: (name, kind) => {
        const reference = arrive(link, name, () => makeProxy(link, kind));
        arrived.push(reference);
        return reference.proxy?.deref();
      },
      localObject: (name) => exportedObject(link, name),
      localFunction: (name) => localFunction(link, name),
    });
    return [decoded, arrived];
  } catch (error) {
    for (const reference of arrived) reference.unhold();
    throw error;
  }
}
