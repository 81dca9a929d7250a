import type { keywords } from '../basics/brands.js';
import type { IsSame, IsUnknown } from './value-types.js';

/** Keyword arguments, made by `kw({ … })`. */
export interface Keywords<Named extends object = AnyNamed, Names = keyof Named> {
  readonly [keywords]: Named;
  readonly [names]?: Names; // it has no others
}
declare const names: unique symbol;
// biome-ignore lint/suspicious/noExplicitAny: names, and values, that nobody knows
type AnyNamed = any;

/**
 * A method of the other side: positional arguments, some or all of them replaced by `kw({ … })` at the end, which is typed where the
 * contract is a class that declares its parameters (`connect<typeof Api>`).
 */
export interface RemoteMethod<Args extends unknown[], Result, Names = undefined> {
  // One signature, and not one for keywords beside it: errors speak of the argument that is wrong, or of how many are wanted.
  // biome-ignore lint/style/useShorthandFunctionType: an interface is called by its name where editors show it
  <Given extends unknown[] = []>(
    ...args: IsKeywords<LastOf<Given>> extends true ? Fitting<Given, KeywordsAfter<Args, Names>> : Args
  ): Result;
}
type LastOf<List> = List extends [...unknown[], infer Last] ? Last : undefined;
type IsKeywords<T> =
  IsUnknown<T> extends true
    ? false
    : IsSame<T, never> extends true
      ? false
      : T extends Keywords
        ? true
        : false;
/** What is given, if it may be; or else what would be right of that length, for the error to tell. */
type Fitting<Given extends unknown[], May extends unknown[]> = Given extends May
  ? Given
  : IsSame<OfLength<May, Given['length']>, never> extends true
    ? May
    : OfLength<May, Given['length']>;
type OfLength<Lists extends unknown[], Length> = Extract<Lists, { length: Length }>;
type KeywordsAfter<Args extends unknown[], Names, Taken extends unknown[] = []> =
  | [...Taken, Keywords<Named<Args, Names>>]
  | (Required<Args> extends [infer First, ...infer Rest]
      ? KeywordsAfter<Tail<Args, Rest>, Tail<Names, undefined>, [...Taken, First]>
      : number extends Args['length']
        ? [...Taken, ...Args, Keywords]
        : never);
/** What is left after the first: optional where it was. */
type Tail<List, Else> = List extends readonly [unknown?, ...infer Rest] ? Rest : Else;

/** Arguments by their names, those that may be left out as well. Anything, where names are not known one by one. */
type Named<Args extends unknown[], Names> = Names extends readonly string[]
  ? number extends Names['length']
    ? AnyNamed
    : Names extends readonly (infer Name)[]
      ? Extract<Name, `*${string}`> extends never
        ? NamedOne<Args, Names>
        : AnyNamed
      : AnyNamed
  : AnyNamed;
type NamedOne<Args extends unknown[], Names> = {
  readonly [I in Places<Args, Names> as undefined extends Args[I] ? never : NameAt<Names, I>]: Args[I];
} & {
  readonly [I in Places<Args, Names> as undefined extends Args[I] ? NameAt<Names, I> : never]?: Args[I];
};
type Places<Args, Names> = keyof Names & keyof Args & `${number}`;
type NameAt<Names, I> = I extends keyof Names ? Names[I] & string : never;

/** The names of a method's parameters, if `T` is a class that declares them. */
export type NamesOf<T, K> = T extends { readonly parameters?: infer Names } & (abstract new (
  ...args: never
) => unknown)
  ? K extends keyof Names
    ? Names[K]
    : undefined
  : undefined;
