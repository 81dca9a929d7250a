import { ownText } from '../own-text.js';

/** What the messages of a dialect that are no calls are carried out on. */
export interface Controlled {
  /** The caller of a request does not want it any more (section 7); `reason` is its own, for people. */
  cancel(id: string, reason?: string): void;
  /** So far is a request of this side; `hinted`: the value may hold hints. @returns whether the token is of one that listens */
  progress(token: unknown, value: unknown, hinted: boolean): boolean;
}

/** Of such a message. */
export interface Told {
  readonly params: unknown;
  /** Whether they may hold hints. */
  readonly hinted: boolean;
  /** The message itself, for how a number was written; undefined where that is not to be looked up. */
  readonly text: string | undefined;
}

/** A kind of message that is no call, and what it does: `false` where it concerns nobody here, and may be the application's. */
export interface Control {
  readonly method: string;
  control(side: Controlled, told: Told): unknown;
}

/** How the table of running calls knows an id. */
export function keyOf(id: unknown): string {
  return typeof id === 'object' ? '' : String(JSON.stringify(id));
}

/** Texts of the other side are for people, and not for ever so long. */
export function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? ownText(value.slice(0, 1000)) : undefined;
}
