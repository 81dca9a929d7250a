/** One place where we do on purpose what the original did not. */
export interface Difference {
  /** The session. */
  readonly in: string;
  /** The line of its file, the header being line 1. */
  readonly at: number;
  /** Where it matters how messages are framed: the transport that this row is about. */
  readonly over?: 'tcp' | 'memory';
  /** What the original did. */
  readonly theirs: string;
  /** What we do, in the recording's names and ids. */
  readonly ours: Ours;
  readonly why: string;
}

export type Ours =
  /** The messages that we send: instead of the recorded one if that is ours, otherwise in addition. */
  | { readonly says: readonly string[] }
  /** We do not send the recorded message. */
  | 'says nothing'
  /** We close the connection. The session goes on with a fresh one. */
  | 'closes'
  /** The recorded message of ours comes right after that of another line. */
  | { readonly comesAfter: number }
  /** The recorded messages from here to that line may mix, but for those of one request. */
  | { readonly mixesUntil: number }
  /** Not seen on the wire: what the program gets. Only drivers of our client meet such a row. */
  | { readonly outcome: string };

/** An answer with a result, as text. */
export function result(id: unknown, value: unknown): Ours {
  return { says: [JSON.stringify({ id, result: value, error: null })] };
}

/** An answer with an error, as text. A text that ends in `…` says how ours begins. */
export function error(id: unknown, text: string): Ours {
  return { says: [JSON.stringify({ id, result: null, error: text })] };
}

/** A request of ours, as text. */
export function request(id: number, method: string, params?: readonly unknown[]): Ours {
  return { says: [JSON.stringify({ params, method, id })] };
}

/** An answer to a request whose id could not be read. */
export function refusal(text: string): Ours {
  return error(null, text);
}

/** One row of a table: the line, what they did, what we do, why, and over which transport if over one alone. */
export type Row = readonly [at: number, theirs: string, ours: Ours, why: string, over?: Difference['over']];

/** Rows by session. */
export function table(rows: { readonly [session: string]: readonly Row[] }): Difference[] {
  return Object.entries(rows).flatMap(([name, ofSession]) =>
    ofSession.map(([at, theirs, ours, why, over]) => ({
      in: name,
      at,
      theirs,
      ours,
      why,
      ...(over ? { over } : {}),
    })),
  );
}
