import { eachContainer } from '@bjsonrpc/protocol';

/** What a call is addressed to, and its arguments. */
interface Naming {
  readonly method: string;
  readonly params: unknown;
  readonly kwparams: unknown;
}

/** The names of this side's objects, and of requests (`#4`), that a call is addressed to or has in its arguments. */
export function namesIn({ method, params, kwparams }: Naming): readonly string[] {
  const names = method.includes('.') ? [beforeDot(method)] : [];
  eachContainer([params, kwparams], (container) => {
    const { __objectreference__: object, __functionreference__: fn } = container as Hints;
    const named = typeof object === 'string' ? object : typeof fn === 'string' ? beforeDot(fn) : undefined;
    if (named !== undefined) names.push(named);
    return named === undefined;
  });
  return names;
}

type Hints = { readonly [key: string]: unknown };

function beforeDot(name: string): string {
  const dot = name.indexOf('.');
  return dot === -1 ? name : name.slice(0, dot);
}
