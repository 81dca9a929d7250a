/** The objects of the other side that a repl holds, as `$1`, `$2`, in the order they came. */
export class HeldObjects {
  readonly #objects = new Map<string, object>();
  #count = 0;

  /** @returns its name */
  keep(object: object): string {
    const name = `$${++this.#count}`;
    this.#objects.set(name, object);
    return name;
  }

  get(name: string): object | undefined {
    return this.#objects.get(name);
  }

  get names(): readonly string[] {
    return [...this.#objects.keys()];
  }

  /** Lets go of it: the other side may forget it. @returns whether there was such */
  release(name: string): boolean {
    const object = this.#objects.get(name) as Partial<Disposable> | undefined;
    object?.[Symbol.dispose]?.();
    return this.#objects.delete(name);
  }
}
