import { isPlainObject, type ProgressForm } from '@bjsonrpc/protocol';

/** Arguments that ask for progress, and the tokens under which it may come. */
export interface Asking {
  readonly args: readonly unknown[];
  readonly tokens: readonly unknown[];
}

type Members = { readonly [name: string]: unknown };

/** A program's own tokens stay; if there are none, `token` is put into the one parameter, in which alone there is room for it. */
export function askingForProgress(args: readonly unknown[], { places }: ProgressForm, token: number): Asking {
  const [params = {}] = args;
  if (args.length > 1 || !isPlainObject(params)) return { args, tokens: [] };
  const own = places.map((place) => at(params, place)).filter((found) => found !== undefined);
  if (own.length > 0) return { args, tokens: own };
  return { args: [withMember(params, places[0] ?? [], token)], tokens: [token] };
}

function at(object: Members, [name = '', ...rest]: readonly string[]): unknown {
  const member = object[name];
  return rest.length === 0 ? member : at(Object(member) as Members, rest);
}

function withMember(object: Members, [name = '', ...rest]: readonly string[], value: unknown): Members {
  const inner = rest.length === 0 ? value : withMember(Object(object[name]) as Members, rest, value);
  return { ...object, [name]: inner };
}
