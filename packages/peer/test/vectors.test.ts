import { readdirSync, readFileSync } from 'node:fs';
import { bjsonrpc, jsonrpc2, type Limits, Peer } from '@bjsonrpc/peer';
import { memoryPair } from '@bjsonrpc/transport-memory';
import { afterEach, describe, expect, test } from 'vitest';
import { vectorHandler } from './vector-handler.ts';

/** One file of vectors: see packages/protocol/vectors/README.md. */
interface VectorFile {
  readonly about: string;
  /** What comes before the first step of each vector. */
  readonly before: readonly Step[];
  readonly vectors: readonly Vector[];
  readonly dialects?: Vector['dialects'];
}
interface Vector {
  readonly name: string;
  readonly limits?: Partial<Limits>;
  /** What the peer may speak: all of these. Its own unless given, or those of the file. */
  readonly dialects?: readonly (keyof typeof dialects)[];
  readonly steps: readonly Step[];
  /** The connection is closed by the peer under test after the last step. */
  readonly closes?: boolean;
}
interface Step {
  readonly send: readonly string[];
  readonly expect: readonly string[];
}

const dialects = { bjsonrpc, jsonrpc2 };

/** How long a message may take to come. Only failing tests wait that long. */
const PATIENCE_MS = 2000;

const directory = new URL('../../protocol/vectors/', import.meta.url);
const files = readdirSync(directory).filter((name) => name.endsWith('.json'));

/** The other end of a connection to a peer with the handler of the vectors, by hand. */
class RawEnd {
  readonly peer: Peer;
  isClosed = false;
  #received: string[] = [];
  readonly #send: (text: string) => void;

  constructor(limits: Partial<Limits>, dialect: keyof typeof dialects) {
    const [near, far] = memoryPair();
    this.#send = (text) => void near.send(text);
    near.start({
      onMessage: (text) => void this.#received.push(text),
      onClose: () => {
        this.isClosed = true;
      },
    });
    this.peer = new Peer({
      duplex: far,
      options: { limits, dialect: dialects[dialect], onError: () => {} },
      info: { transport: 'memory' },
      dialled: false,
      strangers: dialect === 'bjsonrpc' ? jsonrpc2 : undefined,
      handler: vectorHandler(),
    });
  }

  /** Sends the texts of a step as one burst, and gives all that comes of them. */
  async play({ send, expect: expected }: Step): Promise<string[]> {
    for (const text of send) this.#send(text);
    const until = Date.now() + PATIENCE_MS;
    while (this.#received.length < expected.length && Date.now() < until) await turn();
    for (let i = 0; i < 3; i++) await turn(); // for what should not come
    return this.#received.splice(0);
  }
}

let open: RawEnd | undefined;
afterEach(() => {
  open?.peer.abort();
  open = undefined;
});

describe.each(files)('%s', (name) => {
  const file = JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as VectorFile;
  const { before } = file;
  const vectors = file.vectors.flatMap((vector) =>
    (vector.dialects ?? file.dialects ?? (['bjsonrpc'] as const)).map((dialect) => ({ ...vector, dialect })),
  );

  test.each(vectors)('$name ($dialect)', async ({ limits = {}, dialect, steps, closes = false }) => {
    const end = (open = new RawEnd(limits, dialect));
    for (const step of [...before, ...steps]) expect(await end.play(step)).toEqual(step.expect);
    expect(end.isClosed).toBe(closes);
  });
});

test('every vector has a name of its own', () => {
  const names = files.flatMap((name) =>
    (JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as VectorFile).vectors.map(
      (vector) => vector.name,
    ),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(60);
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
