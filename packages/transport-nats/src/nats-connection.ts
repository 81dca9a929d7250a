/**
 * A connection of NATS, as far as it is used here. What `connect()` of `@nats-io/transport-node` (or any other package of
 * that client) gives is one; so nothing of theirs stands in these types.
 */
export interface NatsConnection {
  /** What the server says of itself. */
  readonly info?: { readonly max_payload: number };
  publish(subject: string, payload?: Uint8Array, options?: { reply?: string }): void;
  subscribe(subject: string, options?: NatsSubscribeOptions): NatsSubscription;
  flush(): Promise<void>;
  close(): Promise<void>;
  closed(): Promise<unknown>;
  isClosed(): boolean;
  status(): AsyncIterable<NatsStatus>;
}

/** How to subscribe. */
export interface NatsSubscribeOptions {
  queue?: string;
  callback?: (error: Error | null, message: NatsMessage) => void;
}

/** What a subscription can do. */
export interface NatsSubscription {
  unsubscribe(): void;
  drain(): Promise<void>;
}

/** What arrives. */
export interface NatsMessage {
  readonly subject: string;
  readonly reply?: string;
  readonly data: Uint8Array;
  readonly headers?: { readonly code: number };
}

/** What the client tells of its connection: `disconnect`, `reconnect`, `error`, and what else there is. */
export interface NatsStatus {
  readonly type: string;
  readonly error?: Error;
}

/** NATS itself says so, at once: nobody has subscribed to that subject. */
export function saysNobodyListens({ data, headers }: NatsMessage): boolean {
  return data.length === 0 && headers?.code === 503;
}
