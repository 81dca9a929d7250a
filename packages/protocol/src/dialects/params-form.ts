import { isObject } from '../is-object.js';

/** The arguments that came with a call. */
export interface Arguments {
  readonly args: readonly unknown[];
  readonly keywords: Named | undefined;
}

type Named = { readonly [name: string]: unknown };

/** How arguments stand in a message, where they are not a list. */
export interface ParamsForm {
  /** What `params` that are an object mean. */
  readonly ofObject: (params: Named) => Arguments;
  /** The JSON text of `params`, given one for a value, if it is to be had; absent: they are always a list. */
  readonly write?: <Text extends string | undefined>(
    args: readonly unknown[],
    encode: (value: unknown) => Text,
  ) => Text | string;
}

/** The one argument, in LSP and its like: mostly a list of all stands there. */
export const oneArgument: ParamsForm = {
  ofObject: (params) => ({ args: [params], keywords: undefined }),
  write: (args, encode) => {
    const [arg] = args;
    if (args.length !== 1 || !isObject(arg) || Array.isArray(arg)) return encode(args);
    const text = encode(arg);
    // An object alone is what its text says it is: a Date is none, and stands in a list.
    return text === undefined || text[0] === '{' ? text : `[${text}]`;
  },
};
