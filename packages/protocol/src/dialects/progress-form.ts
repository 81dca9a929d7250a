import { isPlainObject } from '../plain-object.js';
import type { Control } from './control.js';

/** How a dialect tells of the progress of a request. */
export interface ProgressForm extends Control {
  /** How long, in milliseconds, it is ahead of the answer at least: some clients lose what they read in one go with that. */
  readonly leadMs: number;
  /**
   * Arguments that ask for progress. A program's own tokens stay; if there are none, `token` is put into the one parameter, in which
   * alone there is room for it.
   */
  ask(args: readonly unknown[], token: number): Asking;
  /** By what the caller of a request with these parameters knows it; undefined: it asks for no progress. */
  tokenIn(params: unknown): string | number | undefined;
  /** The parameters of the notification, as a value to be encoded; `token` is what the caller gave. */
  params(token: unknown, value: unknown): object;
}

/** Arguments that ask for progress, and the tokens under which it may come. */
export interface Asking {
  readonly args: readonly unknown[];
  readonly tokens: readonly unknown[];
}

/** What differs from one dialect to another. */
export interface ProgressNames {
  /** The notification that does, with a `token` by which the request is known ... */
  readonly method: string;
  /** ... under this name ... */
  readonly token: string;
  /** ... and the value under this one; undefined: the value's members stand beside the token, a number as `progress`. */
  readonly value?: string;
  /** Where in a request's one parameter its token may stand. One of ours asks at the first of these. */
  readonly places: readonly (readonly string[])[];
  readonly leadMs: number;
}

type Members = { readonly [name: string]: unknown };

export function progressForm({
  method,
  token: name,
  value: key,
  places,
  leadMs,
}: ProgressNames): ProgressForm {
  const tokensIn = (params: unknown): unknown[] => places.map((place) => memberAt(params, place));
  return {
    method,
    leadMs,
    ask: (args, token) => {
      const [params = {}] = args;
      if (args.length > 1 || !isPlainObject(params)) return { args, tokens: [] };
      const own = tokensIn(params).filter((found) => found !== undefined);
      if (own.length > 0) return { args, tokens: own };
      return { args: [withMember(params, places[0] ?? [], token)], tokens: [token] };
    },
    tokenIn: (params) => tokensIn(params).find(isToken),
    params: (token, value) => {
      if (key !== undefined) return { [name]: token, [key]: value };
      return { ...(typeof value === 'object' ? value : { progress: value }), [name]: token };
    },
    control: (side, { params }) => {
      const { [name]: token, ...rest } = Object(params) as Members;
      return side.progress(token, key === undefined ? rest : rest[key], false) ? undefined : false;
    },
  };
}

function isToken(found: unknown): found is string | number {
  return typeof found === 'string' || typeof found === 'number';
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  let member = value;
  for (const name of path) {
    const holder = Object(member) as Members;
    member = Object.hasOwn(holder, name) ? holder[name] : undefined;
  }
  return member;
}

function withMember(object: Members, [name = '', ...rest]: readonly string[], value: unknown): Members {
  const inner = rest.length === 0 ? value : withMember(Object(object[name]) as Members, rest, value);
  return { ...object, [name]: inner };
}
