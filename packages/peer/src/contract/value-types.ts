import type { RegExpSource } from '@bjsonrpc/protocol';
import type { published } from '../basics/brands.js';

/**
 * The classes whose instances keep their type on the way. Add those that you register with a Codec:
 *
 *     declare module '@bjsonrpc/peer' {
 *       interface ValueClasses { Point: Point }
 *     }
 */
export interface ValueClasses {
  Date: Date;
  RegExp: RegExp;
  RegExpSource: RegExpSource;
  URL: URL;
  Error: Error;
  ArrayBuffer: ArrayBuffer;
  ArrayBufferView: ArrayBufferView;
}

// biome-ignore lint/suspicious/noConfusingVoidType: methods that return nothing are of this type
type Nothing = undefined | void;
type Primitive = string | number | boolean | bigint | null | Nothing;
export type ByValue = Primitive | ValueClasses[keyof ValueClasses];
export type Fn = (...args: never[]) => unknown;
/** What never travels: a promise in data is to be awaited first. */
export type Unsendable = symbol | PromiseLike<unknown>;
/** An instance of a class that extends Handler. */
export type IsPublished = { readonly [published]: unknown };

/** Nothing is known of `T`: it is `unknown`, or the program's own `any`. */
export type IsUnknown<T> = unknown extends T ? true : false;

/** What is piped, and what travels by reference for the other side to read. */
export type Stream<Item> =
  | AsyncIterable<Item>
  | ReadableStream<Item>
  | (Iterator<Item, unknown> & Iterable<Item>);

/** What a Blob or a File is piped as. */
export type Bytes = Uint8Array<ArrayBuffer>;
/** Whether two types are one. */
export type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
