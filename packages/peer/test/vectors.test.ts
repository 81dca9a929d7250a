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
  /** Whether the connection carries bytes beside a message. */
  readonly carriesBytes?: boolean;
}
/** A text; with bytes beside it, a list of the text and of each of those, as base64. */
type Written = string | readonly [text: string, ...beside: string[]];
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
  readonly send: readonly Written[];
  readonly expect: readonly Written[];
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
  #received: Written[] = [];
  readonly #send: (message: Written) => void;

  constructor(limits: Partial<Limits>, dialect: keyof typeof dialects, carriesBytes: boolean) {
    const [near, far] = memoryPair({ carriesBytes });
    this.#send = (message) => {
      const [text, ...beside] = typeof message === 'string' ? [message] : message;
      if (beside.length === 0) near.send(text);
      else
        near.send(
          text,
          beside.map((one) => new Uint8Array(Buffer.from(one, 'base64'))),
        );
    };
    near.start({
      onMessage: (text, attachments) => {
        const beside = attachments?.map((one) => Buffer.from(one).toString('base64'));
        this.#received.push(beside ? [text, ...beside] : text);
      },
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
  async play({ send, expect: expected }: Step): Promise<Written[]> {
    for (const message of send) this.#send(message);
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
  const { before, carriesBytes = false } = file;
  const vectors = file.vectors.flatMap((vector) =>
    (vector.dialects ?? file.dialects ?? (['bjsonrpc'] as const)).map((dialect) => ({ ...vector, dialect })),
  );

  test.each(vectors)('$name ($dialect)', async ({ limits = {}, dialect, steps, closes = false }) => {
    const end = (open = new RawEnd(limits, dialect, carriesBytes));
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
