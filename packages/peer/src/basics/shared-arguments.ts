/** Arguments that several calls have in common, and their JSON text as soon as one of them has been written. */
interface Shared {
  readonly args: readonly unknown[];
  text: string | undefined;
}

let shared: Shared | undefined;

/** All calls that are made in there with these arguments write them once. */
export function sharingArguments(args: readonly unknown[], calls: () => void): void {
  const outer = shared;
  shared = { args, text: undefined };
  try {
    calls();
  } finally {
    shared = outer;
  }
}

/** The JSON text of arguments; undefined where `write` gives none. */
export function argumentsText(
  args: readonly unknown[],
  write: (args: readonly unknown[]) => string | undefined,
): string | undefined {
  if (!shared || !isSame(args, shared.args)) return write(args);
  shared.text ??= write(args);
  return shared.text;
}

function isSame(args: readonly unknown[], others: readonly unknown[]): boolean {
  return args.length === others.length && args.every((arg, place) => Object.is(arg, others[place]));
}
