/** How one call is made: what `peer.with(…)` takes. A {@link CallContext} is one, and passes itself on. */
export interface CallOptions {
  /** Milliseconds until the call is given up; 0: never. The peer's own default (60 s) unless set. */
  readonly timeout?: number | undefined;
  /** The same as a point in time on the peer's clock. The earlier one counts. */
  readonly deadline?: number | undefined;
  /** Gives the call up when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** W3C trace context. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}
