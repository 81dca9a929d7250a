import type { RemoteReference } from './remote-reference.js';
import type { ByValue, Fn, IsPublished, IsSame, IsUnknown, Stream, Unsendable } from './value-types.js';

/** Travels in another form than it has, or holds what does, at any depth. */
export type Changes<T, Seen extends unknown[] = []> =
  IsUnknown<T> extends true
    ? false
    : T extends RegExp | Uint8Array | Unsendable
      ? true
      : T extends ByValue
        ? false
        : T extends
              | IsPublished
              | RemoteReference
              | Fn
              | Stream<unknown>
              | Blob
              | ReadonlyMap<never, unknown>
              | ReadonlySet<never>
          ? true
          : IsAmong<T, Seen> extends true
            ? false
            : Seen['length'] extends MaxDepth
              ? true
              : T extends readonly (infer Item)[]
                ? Changes<Item, [...Seen, T]>
                : Changes<T[keyof T], [...Seen, T]>;
type MaxDepth = 8;
type IsAmong<T, Seen extends unknown[]> = true extends { [I in keyof Seen]: IsSame<T, Seen[I]> }[number]
  ? true
  : false;
