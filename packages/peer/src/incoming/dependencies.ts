/** A call that others may build on. */
export interface Dependency {
  /** What runs when it has settled, in order. */
  dependents: (() => void)[] | undefined;
}

/** Those of the running calls whose results are among the names (`#4`). */
export function callsNamed<Call>(names: readonly string[], running: ReadonlyMap<string, Call>): Set<Call> {
  return new Set(names.flatMap((name) => (name[0] === '#' ? (running.get(name.slice(1)) ?? []) : [])));
}

/** Runs something once all of them have settled. */
export function afterAll(calls: ReadonlySet<Dependency>, run: () => void): void {
  let left = calls.size;
  for (const call of calls) {
    call.dependents ??= [];
    call.dependents.push(() => {
      if (--left === 0) run();
    });
  }
}
