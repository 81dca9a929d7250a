import { isObject } from '@bjsonrpc/protocol';
/** The names of this side's objects, and of requests (`#4`), that a call is addressed to or has in its arguments. */
export function namesIn({
  method,
  params,
  kwparams,
}: {
  readonly method: string;
  readonly params: unknown;
  readonly kwparams: unknown;
}): readonly string[] {
  const names = method.includes('.') ? [beforeDot(method)] : [];
  collect([params, kwparams], names, 0);
  return names;
}

type Hints = { readonly [key: string]: unknown };

function collect(value: unknown, names: string[], depth: number): void {
  if (!isObject(value) || depth > 1000) return; // the decoder will refuse what is deeper
  const { __objectreference__: object, __functionreference__: fn, __literal__: literal } = value as Hints;
  if (typeof object === 'string') names.push(object);
  else if (typeof fn === 'string') names.push(beforeDot(fn));
  // The keys of a literal are data; its members may be references all the same.
  else for (const member of Object.values(literal ?? value)) collect(member, names, depth + 1);
}

function beforeDot(name: string): string {
  const dot = name.indexOf('.');
  return dot === -1 ? name : name.slice(0, dot);
}
