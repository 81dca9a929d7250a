import type { Profile } from './profile.js';

/** How a dialect takes a request back. */
export interface CancelForm {
  /** The notification that does. */
  readonly method: string;
  /** Its parameter that names the request. */
  readonly id: string;
  /** Its parameter that says why, if it has one. */
  readonly reason: string | undefined;
  /** Whether the request is answered all the same. */
  readonly isAnswered: boolean;
}

/** How a dialect tells of the progress of a request. */
export interface ProgressForm {
  /** The notification that does, with a `token` by which the request is known ... */
  readonly method: string;
  /** ... under this name ... */
  readonly token: string;
  /** ... and the value under this one; undefined: the value's members stand beside the token, a number as `progress`. */
  readonly value: string | undefined;
  /** Where in a request's one parameter its token may stand. One of ours asks at the first of these. */
  readonly places: readonly (readonly string[])[];
  /** How long, in milliseconds, it is ahead of the answer at least: some clients lose what they read in one go with that. */
  readonly leadMs: number;
}

/**
 * What is spoken on a connection: how messages are written, and what else differs from one user of JSON-RPC to another. All of
 * it is data, and loaded by whoever imports it: a server of the original, which answers in `jsonrpc2` who speaks that, has it, too
 * (section 13).
 */
export interface Dialect extends Profile {
  /** As errors tell it. */
  readonly name: string;
  /** That of the original, or JSON-RPC 2.0. */
  readonly version: 1 | 2;
  /** Whether the extensions of sections 5 to 11 are spoken: unless a side forbids it, when both sides ask for it, or never. */
  readonly extensions: 'offered' | 'on request' | 'never';
  /** What `params` that are an object mean: keyword arguments, or the one argument. */
  readonly params: 'keywords' | 'argument';
  /** What a request whose id is null is. */
  readonly nullId: 'notification' | 'request';
  /** Whether several messages may come as one array. */
  readonly batches: boolean;
  /** What a method that gives nothing (undefined or null) has given, as JSON text. */
  readonly nothing: string;
  readonly cancel?: CancelForm;
  readonly progress?: ProgressForm;
  /** The request by which a side asks whether the other is there: it is answered, be it published or not. */
  readonly ping?: string;
  /** Whether a number in an error is one of section 4, or others' business: then it arrives as a RemoteError with that code. */
  readonly knowsCode: (code: unknown) => boolean;
}

/** A dialect that differs from another in some of it. Bundlers leave out one that nobody imports, which they cannot of a spread. */
export function like(other: Dialect, difference: Partial<Dialect>): Dialect {
  return { ...other, ...difference };
}
