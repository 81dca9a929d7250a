import { isLocalName } from '../basics/looks.js';
import { sharingArguments } from '../basics/shared-arguments.js';

/** Some could not be told; all others were. */
export class BroadcastError extends AggregateError {
  override readonly name = 'BroadcastError';
  /** Who was not told, each with what was wrong. */
  readonly failed: ReadonlyMap<object, unknown>;

  constructor(failed: ReadonlyMap<object, unknown>, count: number) {
    const [first] = failed.values();
    super([...failed.values()], `${failed.size} of ${count} were not told: ${(first as Error)?.message}`);
    this.failed = failed;
  }
}

type Tell = (...args: unknown[]) => void;

/**
 * Tells many at once: peers, or objects and functions by reference, whoever is among `members` at that time. What they are told is
 * encoded once, if it is plain data, and nobody is waited for: what a slow one has not read yet waits for it alone, within its
 * connection's limits.
 *
 *     broadcast(room).heard('hello'); // as `member.notify.heard('hello')` for each of them
 *     broadcast(callbacks)('hello');
 *
 * Its methods throw a {@link BroadcastError} where some could not be told, such as one for whom more than `maxUnsentBytes` wait, when
 * all others have been.
 */
export function broadcast<Member extends Told>(members: Iterable<Member>): Telling<Member> {
  return teller(members, []) as Telling<Member>;
}

/** What can be told something: a peer, or the proxy of an object or a function. */
interface Told {
  readonly notify: object;
}

/** What tells all of them. */
export type Telling<Member extends Told> = Member extends (...args: infer Args) => unknown
  ? (...args: Args) => void
  : Member['notify'];

function teller(members: Iterable<Told>, path: readonly string[]): object {
  return new Proxy((() => {}) as Tell, {
    get: (_, name) =>
      typeof name === 'symbol' || isLocalName(name) ? undefined : teller(members, [...path, name]),
    apply: (_, __, args: unknown[]) => tell([...members], path, args),
  });
}

function tell(members: readonly Told[], path: readonly string[], args: unknown[]): void {
  const failed = new Map<object, unknown>();
  sharingArguments(args, () => {
    for (const member of members) {
      try {
        // The method is looked up on what holds it, where a test may have put a double.
        let method: unknown = member.notify;
        let holder: unknown = member;
        for (const name of path) {
          holder = method;
          method = (method as { readonly [name: string]: unknown })[name];
        }
        Reflect.apply(method as Tell, holder, args);
      } catch (error) {
        failed.set(member, error);
      }
    }
  });
  if (failed.size > 0) throw new BroadcastError(failed, members.length);
}
