import { readdirSync, readFileSync } from 'node:fs';

/** Who opened the connection, and who accepted it. */
export type Side = 'client' | 'server';

/** One entry of a recorded session; `at` is its line in the file, where the header is line 1. */
export interface Entry {
  readonly at: number;
  readonly conn: number;
  readonly from?: Side;
  readonly line?: string;
  readonly partial?: string;
  readonly hex?: string;
  readonly note?: string;
}

/** A recorded session. */
export interface Transcript {
  readonly name: string;
  readonly about: string;
  /** Which sides were the library: the others were bare sockets, whose lines are input and prove nothing. */
  readonly library: ReadonlySet<Side>;
  /** What the client published. */
  readonly clientPublishes: { readonly [name: string]: unknown };
  /** What the server published. */
  readonly serverPublishes: { readonly [name: string]: unknown };
  readonly entries: readonly Entry[];
}

const directory = new URL('transcripts/', import.meta.url);

/** Every session in the directory, by name. */
export const transcripts: ReadonlyMap<string, Transcript> = new Map(
  readdirSync(directory)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => [file.slice(0, -'.jsonl'.length), read(file)]),
);

/** The sessions in which `side` was the library: those that say how a peer in that role behaves. */
export function playedBy(side: Side): Transcript[] {
  return [...transcripts.values()].filter((transcript) => transcript.library.has(side));
}

interface Header {
  readonly about: string;
  readonly client: { readonly is: string; readonly publishes: { readonly [name: string]: unknown } };
  readonly server: { readonly is: string; readonly publishes: { readonly [name: string]: unknown } };
}

function read(file: string): Transcript {
  const lines = readFileSync(new URL(file, directory), 'utf8').trimEnd().split('\n');
  const [header, ...entries] = lines.map((line) => JSON.parse(line)) as [Header, ...Partial<Entry>[]];
  const sides: Side[] = ['client', 'server'];
  return {
    name: file.slice(0, -'.jsonl'.length),
    about: header.about,
    library: new Set(sides.filter((side) => !header[side].is.startsWith('a bare socket'))),
    clientPublishes: header.client.publishes,
    serverPublishes: header.server.publishes,
    entries: entries.map((entry, index) => ({ conn: 1, ...entry, at: index + 2 })),
  };
}
