/**
 * The one interface that transports share. It is all that a peer knows of the world outside, and all that a
 * transport has to offer. Every rule below is a test in `@bjsonrpc/duplex-suite`.
 */

/**
 * Bytes that travel beside a message, as they are: one for each place that its text has for them (section 10), in that order.
 * Who hands them over does not change them afterwards, and who gets them may keep them: nobody else does.
 */
export type Attachments = readonly Uint8Array<ArrayBuffer>[];

/** One open, ordered, reliable connection that carries whole text messages. */
export interface Duplex {
  /** Begin delivery. Called exactly once. What arrived earlier, even a close, is kept until then. */
  start(receiver: Receiver): void;

  /**
   * Queue one message. Never throws and never calls the receiver; after a close the message is dropped.
   * Returns undefined: go on. Returns a promise: accepted, but the buffer is full, or closed; the promise resolves when
   * there is room again or the connection has closed, in a later turn of the platform, and never rejects. So a producer
   * that waits for it hears of the close.
   *
   * `attachments` is given, with one at least, only where {@link Duplex.carriesBytes} is true.
   */
  send(message: string, attachments?: Attachments): Promise<void> | undefined;

  /** A hint to hold incoming messages back (true) or to let them come (false). Who cannot hold ignores it. */
  hold(on: boolean): void;

  /** Idempotent. Clean (no error): flushes what is queued first. With an error: drops what is queued. */
  close(error?: Error): void;

  /**
   * From now on the open connection alone keeps the process alive (the default, where there is a socket), or, with
   * `unref`, does not. A clean close that is being flushed always does, until it is through. Absent: the transport has
   * no say in it.
   */
  ref?(): void;
  unref?(): void;

  /**
   * Whether bytes may go beside a message, both ways: they arrive with it, as they were, and count as part of it (its length, the
   * order, what is buffered). A transport that wraps another says what that one says, and passes them on. Absent: it cannot.
   */
  readonly carriesBytes?: boolean;
  /** The longest message that this end takes, in bytes, attachments included; a longer one closes the connection. Undefined: any. */
  readonly maxMessageBytes?: number | undefined;
  /** Of a dialled end, where the transport keeps sessions: an accepted one has it in its {@link ConnectionInfo}. */
  readonly session?: SessionInfo | undefined;
  /** Bytes queued here and not yet handed to the system. */
  readonly buffered: number;
  /** Bytes received so far, framing included. */
  readonly bytesIn: number;
  /** Bytes sent so far (queued ones included or not, as the transport can tell), framing included. */
  readonly bytesOut: number;
}

/** What a peer gives to {@link Duplex.start}. Neither method may throw. */
export interface Receiver {
  /**
   * One whole message, and what stood beside it, if anything did. Never called from inside `send`, `start`, `hold` or `close`.
   */
  onMessage(message: string, attachments?: Attachments): void;
  /**
   * Optional; at most once, after the last message: the other side has ended its half of the connection and may still
   * read (`printf '…' | nc`). Answer what is running, then `close()`. Without this method the transport closes soon
   * after. Transports that have no half-closed state never call it. `reason`, where one is known: what to tell those
   * who wait for something that will not come any more.
   */
  onEnd?(reason?: Error): void;
  /** Exactly once, and last. Without an error: a clean close by either side. */
  onClose(error?: Error & CloseDetails): void;
}

/** What the error of a close may say besides, where the transport knows. */
export interface CloseDetails {
  /**
   * Of all the messages that were given to {@link Duplex.send}, the last so many certainly did not arrive and never will:
   * those that were dropped after the end are among them. The others may have arrived. Absent: nothing is certain.
   */
  readonly undelivered?: number;
  /** What the other side sent cannot be taken (too long, or no text): on another connection it would be the same. */
  readonly isFault?: boolean;
}

/** A session that outlives its connections, where a transport has such: what others may know of it. */
export interface SessionInfo {
  /** Names the session. It is no secret, and opens nothing. */
  readonly id: string;
  /** As it is now. `away`: without a connection, and waiting for the next one. */
  readonly state: 'opening' | 'connected' | 'away' | 'plain' | 'lost' | 'closed';
}

/** What a transport knows of a connection before any message of it has been read. */
export interface ConnectionInfo {
  /** The transport's name: `tcp`, `ws`, `memory`. */
  readonly transport: string;
  /** The other side's address, where there is one. */
  readonly remoteAddress?: string;
  /** Who the transport's own authentication says the other side is (never anything the peer said in-band). */
  readonly principal?: unknown;
  /** The session that the connection belongs to, where the transport keeps sessions; its state is always that of now. */
  readonly session?: SessionInfo;
}

/** Where a listener can be dialled. Members that make no sense for a transport are absent. */
export interface ListenerAddress {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly url?: string;
}

/** An open listener. */
export interface Listener {
  readonly address: ListenerAddress;
  /** Stop offering connections; those already offered live on. Resolves when the address is free. Idempotent. */
  close(): Promise<void>;
  /** Whether the open listener alone keeps the process alive: yes by default, and after `ref`; no after `unref`. */
  ref?(): void;
  unref?(): void;
}

/** What a dial may be told. */
export interface DialOptions {
  /** Gives the dial up. */
  readonly signal?: AbortSignalLike;
  /** How long the whole of opening may take, in milliseconds; the transport's own limit counts if it is shorter. */
  readonly timeoutMs?: number;
  /** The longest message that this side is ready to take; the transport's own limit counts if it is smaller. */
  readonly maxMessageBytes?: number;
}

/** What a listener may be told. */
export interface ListenOptions {
  /** The same as for a dial, for every connection. */
  readonly maxMessageBytes?: number;
  /**
   * Hears of every connection that was turned away, or that broke before it was offered. What it throws is dropped.
   * `info` has what was known by then; what a hook threw is the error's `cause`.
   */
  readonly onRefused?: (error: Error, info: Partial<ConnectionInfo>) => void;
}

/** Is offered a connection, and what is known of it. */
export type OnDuplex = (duplex: Duplex, info: ConnectionInfo) => void;

/** What `connect()` and `createServer()` take: a way to open Duplexes, and to be offered them. */
export interface Transport {
  /** What {@link ConnectionInfo.transport} calls it. */
  readonly name: string;
  /** Open one connection. Rejects when it cannot be opened, or not in time, or with the signal's reason. */
  dial(options: DialOptions): Promise<Duplex>;
  /** Be offered connections until the listener closes. Rejects when it cannot listen. */
  listen(onDuplex: OnDuplex, options?: ListenOptions): Promise<Listener>;
}

/** The part of the platform's AbortSignal that a transport needs (this package knows no platform). */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
