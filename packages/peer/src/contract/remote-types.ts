/**
 * What a program holds of the other side, as types: the class that one side publishes is the contract, and there is
 * no generation step.
 *
 * `Received<T>` is what arrives where the other side gives a `T`; `Sendable<T>` is what may be passed where it takes
 * one. Handlers, functions and streams change their form on the way, all else keeps it. These types speak of one another,
 * and so stand in one file; the classes behind them implement them, on the floors above.
 */

import type { RegExpSource } from '@bjsonrpc/protocol';
import type { CallOptions } from '../basics/call-options.js';
import type { Changes } from './changes.js';
import type { NamesOf, RemoteMethod } from './remote-method.js';
import type { RemoteReference } from './remote-reference.js';
import type {
  Bytes,
  ByValue,
  Fn,
  IsPublished,
  IsSame,
  IsUnknown,
  Stream,
  Unsendable,
} from './value-types.js';

/** The four ways to call the methods of a `T` on the other side. */
export interface Callable<T> {
  /** Call and get a promise of the result. */
  readonly call: CallProxy<T>;
  /** Call and get a {@link Request}: a handle with an id, whose value may be asked for later. */
  readonly method: MethodProxy<T>;
  /** Tell, and want no answer. After the connection has closed it does nothing. */
  readonly notify: NotifyProxy<T>;
  /** Call and get the items of the stream that the method gives. */
  readonly pipe: PipeProxy<T>;
}

/**
 * An object that the other side holds, and that is called there. The same object is the same proxy while it is held.
 *
 * @typeParam T the object's own type, on its side
 */
export interface RemoteObject<T> extends Callable<T>, RemoteReference {
  /** The same four, with a timeout, a deadline or an abort signal. */
  with(options: CallOptions): Callable<T>;
}

/** A function that the other side holds. Calling it calls it there, and gives a promise, even where `Call` gives none. */
export type RemoteFunction<Call> = Called<PromiseOf<Call>>;
type Called<Call> = Call & RemoteReference & { readonly notify: (...args: unknown[]) => void };
/** As it is called from here. One of whom no result is wanted may have any. */
type PromiseOf<Call> = Call extends (...args: infer Args) => infer R
  ? [R] extends [PromiseLike<unknown>]
    ? Call
    : (...args: Args) => Promise<Awaited<R> extends void ? unknown : Awaited<R>>
  : Call;

/** An async iterable of the other side. It is let go of when an iteration ends. */
export interface RemoteIterable<T> extends RemoteObject<unknown>, AsyncIterable<T> {}

/**
 * The promise of a call's result, and (section 9) of the object that it may be: `call`, `method`, `notify` and
 * `pipe` address that object before it is here. Passed as an argument, it stands for the object.
 */
export interface RemotePromise<T> extends Promise<T>, Callable<T>, Disposable {
  /** Release the object when it comes, without waiting for it. */
  close(): void;
}

/**
 * One call on its way: what `peer.method.name(…)` gives. Every request settles exactly once: with an answer, an
 * error, a timeout, a cancellation, or the end of the connection. An error that nobody asks for
 * ({@link Request.value}) disturbs nobody.
 */
export interface Request<T = unknown> {
  /** The id on the wire. */
  readonly id: number;
  /** Whether the answer, or whatever came in its stead, is here. */
  readonly hasResponse: boolean;
  /** The answer. The same promise every time. */
  readonly value: RemotePromise<T>;
  /** Give up: {@link value} rejects with a CancelledError at once, and a peer that can is told to stop. */
  cancel(reason?: unknown): void;
}

/**
 * The items of one pipe. Read it with `for await`, or by hand: the generator's return value is the `value` of the
 * final result. Leaving early (`break`, `return()`) stops the producer. What is not read holds the producer back.
 */
export interface RemoteStream<T, R = unknown> extends AsyncIterableIterator<T, R, void>, AsyncDisposable {
  next(): Promise<IteratorResult<T, R>>;
  /** Leave: the producer is told to stop, and what it had sent is dropped. */
  return(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R>>;
  [Symbol.asyncIterator](): this;
}

/**
 * In a contract that is an interface: an object that travels by reference. Whoever serves it gives an instance of a class that
 * extends Handler and implements `T`; the other side gets a `RemoteObject<T>`.
 *
 *     interface Room { say(text: string): number }
 *     interface Api { room(name: string): Reference<Room> }
 */
export type Reference<T extends object> = T & IsPublished & { readonly [contract]?: T };

declare const contract: unique symbol;
/** What a proxy of a published `T` is a proxy of. */
type OwnOf<T> = typeof contract extends keyof T ? NonNullable<T[typeof contract]> : T;

/** What arrives on this side when the other side gives a `T`: what changes its form nowhere is as it was declared. */
export type Received<T> = true extends Changes<T> ? ReceivedOne<T> : T;

type ReceivedOne<T> =
  IsUnknown<T> extends true
    ? T
    : T extends Unsendable
      ? never
      : T extends RegExp
        ? RegExpSource
        : T extends Uint8Array
          ? Bytes
          : T extends ByValue
            ? T
            : T extends RemoteObject<infer Own>
              ? Own | RemoteObject<Own>
              : T extends IsPublished
                ? RemoteObject<OwnOf<T>>
                : T extends (...args: infer Args) => infer R
                  ? Called<(...args: SendableAll<Args>) => RemotePromise<ReceivedResult<R>>>
                  : T extends Stream<infer Item>
                    ? RemoteIterable<Received<Item>>
                    : T extends Blob
                      ? RemoteIterable<Bytes>
                      : T extends ReadonlyMap<infer K, infer V>
                        ? Map<Received<K>, Received<V>>
                        : T extends ReadonlySet<infer V>
                          ? Set<Received<V>>
                          : IsList<T> extends true
                            ? T extends unknown[]
                              ? Received<ItemIn<T>>[]
                              : readonly Received<ItemIn<T>>[]
                            : { [K in keyof T]: Received<T[K]> };

/** What may be passed from this side where the other side takes a `T`. */
export type Sendable<T> =
  IsUnknown<T> extends true
    ? T
    : T extends Unsendable
      ? never
      : T extends RegExpSource
        ? RegExpSource | RegExp
        : T extends ByValue
          ? T
          : T extends RemoteIterable<infer Item>
            ? Stream<Sendable<Item>> | BlobOf<Item>
            : T extends RemoteObject<infer Own>
              ? ByReference<Own>
              : T extends IsPublished
                ? RemoteObject<OwnOf<T>> | RemotePromise<RemoteObject<OwnOf<T>>>
                : T extends (...args: infer Args) => infer R
                  ? Awaited<R> extends void // of whom no result is wanted, it may have any
                    ? (...args: ReceivedAll<Args>) => void
                    : (...args: ReceivedAll<Args>) => Sendable<Awaited<R>> | PromiseLike<Sendable<Awaited<R>>>
                  : T extends Stream<infer Item>
                    ? Stream<Sendable<Item>> | BlobOf<Item>
                    : T extends Blob
                      ? Stream<Bytes> | Blob
                      : T extends ReadonlyMap<infer K, infer V>
                        ? ReadonlyMap<Sendable<K>, Sendable<V>>
                        : T extends ReadonlySet<infer V>
                          ? ReadonlySet<Sendable<V>>
                          : IsList<T> extends true
                            ? readonly Sendable<ItemIn<T>>[]
                            : T extends readonly unknown[]
                              ? SendableTuple<T>
                              : { readonly [K in keyof T]: Sendable<T[K]> };

/** Tuples as they are written, up to four items: a mapped one is looked into at once, and one that refers to itself has no end. */
type SendableTuple<T extends readonly unknown[]> = T extends readonly [infer A]
  ? readonly [Sendable<A>]
  : T extends readonly [infer A, infer B]
    ? readonly [Sendable<A>, Sendable<B>]
    : T extends readonly [infer A, infer B, infer C]
      ? readonly [Sendable<A>, Sendable<B>, Sendable<C>]
      : T extends readonly [infer A, infer B, infer C, infer D]
        ? readonly [Sendable<A>, Sendable<B>, Sendable<C>, Sendable<D>]
        : { readonly [K in keyof T]: Sendable<T[K]> };

/**
 * An object of this side, which travels by reference (of an interface, only what a Handler implements), or one that a third side
 * holds, whose calls are passed on.
 */
type ByReference<Own> = (Own extends IsPublished ? Own : Own & IsPublished) | RemoteObject<Own>;

/** An array of any length; a tuple is none. */
type IsList<T> = T extends readonly unknown[] ? (number extends T['length'] ? true : false) : false;
type ItemIn<T> = T extends readonly (infer Item)[] ? Item : never;

type SendableAll<Args extends unknown[]> = { [K in keyof Args]: Sendable<Args[K]> };
type ReceivedAll<Args extends unknown[]> = { [K in keyof Args]: Received<Args[K]> };

/** A Blob may be passed where a stream of bytes is taken. */
type BlobOf<Item> = Bytes extends Item ? Blob : never;

/** What a call gives. Where a method may give `undefined` or something else, null arrives: it is JSON's nothing. */
type ReceivedResult<R> = NullForUndefined<Received<Awaited<R>>>;
type NullForUndefined<T> =
  IsUnknown<T> extends true ? T : IsSame<T, void> extends true ? T : T extends undefined ? null : T;

/** What the items of a pipe are; a method that gives no stream gives one item. */
type ItemOf<R> = Awaited<R> extends Stream<infer Item> ? Item : Awaited<R> extends Blob ? Bytes : Awaited<R>;
/** What the end of a pipe brings: the generator's return value. */
type EndOf<R> =
  Awaited<R> extends { next: (...args: infer _) => infer Step } ? EndOfStep<Awaited<Step>> : undefined;
type EndOfStep<Step> = Step extends { done: true; value: infer Value } ? Value : never;

/** Whose methods a proxy has: `T` itself, the instances of a class, or (on the promise of a call) the object that will come. */
type Owner<T> =
  NonNullable<T> extends RemoteObject<infer Own>
    ? Own
    : NonNullable<T> extends abstract new (
          ...args: never
        ) => infer Instance
      ? Instance
      : NonNullable<T>;

/** Names that are never a method's. */
type Reserved =
  | 'then'
  | 'toJSON'
  | 'onOpen'
  | 'onClose'
  | 'peer'
  | `_${string}`
  | `$${string}`
  | symbol
  | number;
/** Names with a slash, such as `$/setTrace`, are a protocol's. */
type IsReserved<K> = K extends `${string}/${string}` ? false : K extends Reserved ? true : false;

/** `K`, if it may name a method or, in anything but a Handler, a namespace. */
type Published<T, K extends keyof T> = T extends ByValue | Fn | readonly unknown[]
  ? never
  : IsReserved<K> extends true
    ? never
    : T extends IsPublished
      ? NonNullable<T[K]> extends Fn
        ? StartsLower<K>
        : never
      : T[K] extends ByValue | readonly unknown[]
        ? never
        : K;

/** What a class publishes begins with a lower-case letter. */
type StartsLower<K> = K extends `${infer First}${string}`
  ? First extends Uppercase<First>
    ? K extends `${string}/${string}`
      ? K
      : never
    : K
  : never;

/** What each kind of call gives, of a method that gives an `R`. */
interface Given<R> {
  call(): RemotePromise<ReceivedResult<R>>;
  method(): Request<ReceivedResult<R>>;
  notify(): void;
  pipe(): RemoteStream<Received<ItemOf<R>>, ReceivedResult<EndOf<R>>>;
}
type Kind = keyof Given<unknown>;

/** A method, with all of its overloads, up to four of them: TypeScript repeats the first where there are fewer. */
type Remote<M, K extends Kind, Names> = M extends {
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
}
  ? One<A1, R1, K, Names> & One<A2, R2, K, Names> & One<A3, R3, K, Names> & One<A4, R4, K, Names>
  : never;
type One<Args extends unknown[], R, K extends Kind, Names> = RemoteMethod<
  SendableAll<Args>,
  ReturnType<Given<R>[K]>,
  Names
>;

/** The methods of a `T` for one kind of call. */
type ProxyOf<T, Of extends Kind> =
  IsUnknown<T> extends true
    ? UntypedProxy<ReturnType<Given<unknown>[Of]>>
    : {
        readonly [K in keyof Owner<T> as Published<Owner<T>, K>]-?: NonNullable<Owner<T>[K]> extends Fn
          ? Remote<NonNullable<Owner<T>[K]>, Of, NamesOf<T, K>>
          : ProxyOf<Owner<T>[K], Of>;
      };

/** What `call` is: every method gives a promise of its result, on which further calls can be built at once. */
export type CallProxy<T> = ProxyOf<T, 'call'>;
/** What `method` is: every method gives a handle of the request. */
export type MethodProxy<T> = ProxyOf<T, 'method'>;
/** What `notify` is: every method gives nothing. */
export type NotifyProxy<T> = ProxyOf<T, 'notify'>;
/** What `pipe` is: every method gives the items of its stream. */
export type PipeProxy<T> = ProxyOf<T, 'pipe'>;

/**
 * Any name, any arguments: for a peer whose type is not known. Where `noUncheckedIndexedAccess` is on TypeScript
 * wants `peer.call.add?.(2, 3)`; better, name what you call: `connect<{ add(a: number, b: number): number }>(…)`.
 */
export interface UntypedProxy<R> {
  readonly [method: string]: ((...args: unknown[]) => R) & UntypedProxy<R>;
}
