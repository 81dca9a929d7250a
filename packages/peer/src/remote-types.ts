/**
 * From the type of what one side publishes to the types of the other side's proxies: the class is the contract,
 * and there is no generation step.
 *
 * `Received<T>` is what arrives where the other side gives a T; `Sendable<T>` is what may be passed where it
 * takes one. Handlers and functions change their form on the way, all else keeps it.
 */
import type { Handler } from './handler.js';
import type { Keywords } from './keywords.js';
import type { RemoteFunction, RemoteIterable, RemoteObject } from './remote-object.js';
import type { RemotePromise } from './remote-promise.js';
import type { RemoteStream } from './remote-stream.js';
import type { Request } from './request.js';

type Fn = (...args: never[]) => unknown;
// biome-ignore lint/suspicious/noConfusingVoidType: methods that return nothing are of this type
type Primitive = string | number | boolean | bigint | null | undefined | void | symbol;
type ByValue = Primitive | Date | RegExp | URL | Error | ArrayBuffer | ArrayBufferView;

/** What arrives on this side when the other side gives a `T`. */
export type Received<T> = T extends ByValue
  ? T
  : T extends RemoteObject<infer Own>
    ? Own
    : T extends Handler<infer _>
      ? RemoteObject<T>
      : T extends AsyncIterable<infer Item>
        ? RemoteIterable<Received<Item>>
        : T extends (...args: infer Args) => infer Result
          ? RemoteFunction<(...args: SendableAll<Args>) => RemotePromise<Received<Awaited<Result>>>>
          : T extends Map<infer K, infer V>
            ? Map<Received<K>, Received<V>>
            : T extends Set<infer V>
              ? Set<Received<V>>
              : T extends readonly unknown[] | object
                ? { [K in keyof T]: Received<T[K]> }
                : T;

/** What may be passed from this side where the other side takes a `T`. */
export type Sendable<T> =
  | (T extends ByValue
      ? T
      : T extends RemoteObject<infer Own>
        ? Own
        : T extends Handler<infer _>
          ? RemoteObject<T>
          : T extends AsyncIterable<infer Item>
            ? AsyncIterable<Sendable<Item>> | ReadableStream<Sendable<Item>>
            : T extends (...args: infer Args) => infer Result
              ? (...args: ReceivedAll<Args>) => Sendable<Awaited<Result>> | Promise<Sendable<Awaited<Result>>>
              : T extends Map<infer K, infer V>
                ? Map<Sendable<K>, Sendable<V>>
                : T extends Set<infer V>
                  ? Set<Sendable<V>>
                  : T extends readonly unknown[] | object
                    ? { [K in keyof T]: Sendable<T[K]> }
                    : T)
  | (T extends Primitive ? never : RemotePromise<Received<T>>);

type SendableAll<Args extends unknown[]> = { [K in keyof Args]: Sendable<Args[K]> };
type ReceivedAll<Args extends unknown[]> = { [K in keyof Args]: Received<Args[K]> };

/** What a stream's items are; a method that gives no stream gives one item. */
type ItemOf<T> =
  T extends AsyncIterator<infer Item, unknown, never>
    ? Item
    : T extends AsyncIterable<infer Item>
      ? Item
      : T extends Iterator<infer Item, unknown, never>
        ? Item
        : T extends ReadableStream<infer Item>
          ? Item
          : T;
type ReturnOf<T> = T extends AsyncIterator<unknown, infer R, never> | Iterator<unknown, infer R, never>
  ? R
  : undefined;

/** The members of a published type that are methods, or namespaces of methods. */
type Callable<T> = {
  [K in keyof T as K extends string
    ? K extends 'then' | 'toJSON' | 'onOpen' | 'onClose' | 'peer' | `_${string}` | `$${string}`
      ? never
      : T[K] extends Fn | Handler<never> | Handler
        ? K
        : T[K] extends readonly unknown[] | ByValue
          ? never
          : T[K] extends object
            ? K
            : never
    : never]: T[K];
};

/** A proxy's method: typed positional arguments, or keyword arguments last. */
type Remote<M, Result> = M extends (...args: infer Args) => unknown
  ? {
      (...args: SendableAll<Args>): Result;
      (...args: [...unknown[], Keywords]): Result;
    }
  : never;

/** `T` is what is published, or (on the promise of a call) the remote object that will come. */
type Published<T> = T extends RemoteObject<infer Own> ? Own : T;
type Result<M> = M extends (...args: never[]) => infer R ? Awaited<R> : never;
/** Nothing known of the other side: every name is a method. */
type IsUnknown<T> = unknown extends T ? true : false;

export type CallProxy<T> =
  IsUnknown<T> extends true
    ? UntypedProxy<RemotePromise<unknown>>
    : {
        readonly [K in keyof Callable<Published<T>>]: Callable<Published<T>>[K] extends Fn
          ? Remote<Callable<Published<T>>[K], RemotePromise<Received<Result<Callable<Published<T>>[K]>>>>
          : CallProxy<Callable<Published<T>>[K]>;
      };

export type MethodProxy<T> =
  IsUnknown<T> extends true
    ? UntypedProxy<Request<unknown>>
    : {
        readonly [K in keyof Callable<Published<T>>]: Callable<Published<T>>[K] extends Fn
          ? Remote<Callable<Published<T>>[K], Request<Received<Result<Callable<Published<T>>[K]>>>>
          : MethodProxy<Callable<Published<T>>[K]>;
      };

export type NotifyProxy<T> =
  IsUnknown<T> extends true
    ? UntypedProxy<void>
    : {
        readonly [K in keyof Callable<Published<T>>]: Callable<Published<T>>[K] extends Fn
          ? Remote<Callable<Published<T>>[K], void>
          : NotifyProxy<Callable<Published<T>>[K]>;
      };

export type PipeProxy<T> =
  IsUnknown<T> extends true
    ? UntypedProxy<RemoteStream<unknown>>
    : {
        readonly [K in keyof Callable<Published<T>>]: Callable<Published<T>>[K] extends Fn
          ? Remote<
              Callable<Published<T>>[K],
              RemoteStream<
                Received<ItemOf<Result<Callable<Published<T>>[K]>>>,
                Received<ReturnOf<Result<Callable<Published<T>>[K]>>>
              >
            >
          : PipeProxy<Callable<Published<T>>[K]>;
      };

/** Any name, any arguments: for a peer whose type is not known. */
export interface UntypedProxy<R> {
  readonly [method: string]: ((...args: unknown[]) => R) & UntypedProxy<R>;
}
