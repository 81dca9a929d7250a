/**
 * State that all copies of the package in one program have in common: a handler made with one copy is served by the peer of
 * another, and knows its call. The name tells the version of its form.
 */
export function shared<State extends object>(name: string, make: () => State): State {
  const key = Symbol.for(`bjsonrpc.${name}`);
  const owner = globalThis as { [key: symbol]: unknown };
  return (owner[key] ??= make()) as State;
}
