import type { Dialect, Duplex, Written } from '@bjsonrpc/protocol';
import type { Observe } from '../basics/wire-event.js';

/**
 * What a message is of: an answer and a message of the protocol's own the other side has asked for; a call is the program's, who has
 * itself to thank.
 */
export type Cause = 'call' | 'answer' | 'control';

/** Who is told that the transport's buffer is full; the promise resolves when it has room again. */
export interface Fillable {
  filled(full: Promise<void>, message: Written, cause: Cause): void;
}

/** What an outlet is made of. */
export interface OutletParts {
  readonly duplex: Pick<Duplex, 'send' | 'buffered'>;
  readonly dialect: Dialect;
  readonly flow: Fillable;
  readonly observe: Observe | undefined;
}

/** Where messages leave: all that this side says goes through here, counted and seen, until the connection has ended. */
export class Outlet {
  readonly #parts: OutletParts;
  messages = 0;
  /** Set when the connection has ended: nothing leaves any more. */
  isClosed = false;

  constructor(parts: OutletParts) {
    this.#parts = parts;
  }

  /** Bytes that the transport has not yet written. */
  get unsent(): number {
    return this.#parts.duplex.buffered;
  }

  /** Queue one message. The promise, if there is one, resolves when the transport has room again. */
  send(message: Written, cause: Cause = 'call'): Promise<void> | undefined {
    const { duplex, flow, observe } = this.#parts;
    this.messages++;
    observe?.('sent', message);
    const full =
      typeof message === 'string' ? duplex.send(message) : duplex.send(message.text, message.attachments);
    if (full) flow.filled(full, message, cause);
    return full;
  }

  /** The same for an answer. */
  answer(message: Written): Promise<void> | undefined {
    return this.send(message, 'answer');
  }

  /** A notification of the protocol's own. `params` is plain JSON. */
  control(method: string, params?: unknown): void {
    if (this.isClosed) return;
    const parts = { method: JSON.stringify(method), params: JSON.stringify(params), kwparams: undefined };
    this.send(this.#parts.dialect.notification(parts), 'control');
  }
}
