/**
 * The one interface behind which every library is measured. Each contender publishes the same few methods,
 * whatever its own words for them are, and is used as its documentation says:
 *
 * - `add(a, b)` answers the sum: the small call.
 * - `echo(value)` answers the value: the call of any size.
 * - `note(value)` adds the value to a total of this connection and answers nothing: the notification.
 * - `total()` answers what the notes of this connection came to.
 */

/** One row of a message of any size: what an ordinary JSON payload is made of. */
export interface Item {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly tags: readonly string[];
}

/** What the notifications of one connection came to. */
export interface Total {
  readonly count: number;
  readonly sum: number;
}

/** One part of the original's own benchmark. */
export interface OriginalPart {
  readonly count: number;
  readonly seconds: number;
  /** Bytes of this part in both directions, framing included. */
  readonly bytes: number;
}

/** The original's own benchmark: notifications, then pipelined calls, then calls one after another. */
export interface OriginalRun {
  readonly notify: OriginalPart;
  readonly method: OriginalPart;
  readonly call: OriginalPart;
}

/** Remote objects that a client holds on to. */
export interface HeldObjects {
  /** Gives all of them back to the server. */
  release(): Promise<void>;
}

/** Bytes on their way from the server to the client, in chunks. */
export interface Transfer {
  readonly chunks: number;
  readonly chunkBytes: number;
  /** Of the server: the file that is read. Absent: they are in its memory. */
  readonly source?: string;
  /** Of the client: the file that is written. Absent: they are counted. */
  readonly target?: string;
}

/** The client side of one connection. What a library cannot do is absent. */
export interface ContenderClient {
  add(a: number, b: number): Promise<number>;
  /** The same call as a library offers it for many calls at once; absent where that is `add` itself. */
  method?(a: number, b: number): Promise<number>;
  echo(value: readonly Item[]): Promise<readonly Item[]>;
  note(value: number): void;
  total(): Promise<Total>;
  /** The server calls a function of this client `count` times, all at once, and answers when all have answered. */
  callbacks?(count: number): Promise<number>;
  /** Takes `items` strings of `itemBytes` characters from the server, one by one, with the library's own flow control. */
  stream?(items: number, itemBytes: number): Promise<number>;
  /** Takes a transfer from the server, and answers how many bytes it was. */
  bytes?(transfer: Transfer): Promise<number>;
  /** Has the server make `count` objects and holds a reference to each. */
  objects?(count: number): Promise<HeldObjects>;
  /** Follows `steps` references, each the answer to a call of the one before, and asks the last for its depth. */
  chain?(steps: number, way: 'awaited' | 'pipelined'): Promise<number>;
  /** Runs the original's own benchmark once. */
  original?(counts: {
    readonly notify: number;
    readonly method: number;
    readonly call: number;
  }): Promise<OriginalRun>;
  close(): Promise<void>;
}

/** The server side, listening on a free port of 127.0.0.1. */
export interface ContenderServer {
  /** 0 for a transport that has no ports. */
  readonly port: number;
  close(): Promise<void>;
}

/** A library over one transport. Each of its two sides runs in a process of its own. */
export interface Contender {
  readonly transport: 'tcp' | 'ws' | 'http2' | 'memory' | 'nats';
  /** Both sides have to share one process (`memory`): the client's process also runs the server. */
  readonly oneProcess?: boolean;
  /** Calls in one pipelined burst and notifications before one `total`, where the usual ones are too many. */
  readonly bursts?: { readonly method: number; readonly notify: number };
  serve(): Promise<ContenderServer>;
  connect(port: number): Promise<ContenderClient>;
}
