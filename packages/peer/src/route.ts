import type { Connection } from './connection.js';
import { type Reference, referenceOf } from './imports.js';
import { Request } from './request.js';

/**
 * Whom a call is addressed to: the peer itself, an object of its own that it sent (by its proxy, which is thereby
 * kept alive), or whatever the answer to an earlier request will carry.
 */
export type Destination = undefined | object | Request;

/** One method of one destination: made once, used by every call of it. */
export class Route {
  readonly connection: Connection;
  readonly destination: Destination;
  readonly method: string;
  /** The target as JSON text, where it is known before the call. */
  readonly json: string | undefined;

  constructor(connection: Connection, destination: Destination, method: string) {
    this.connection = connection;
    this.destination = destination;
    this.method = method;
    if (!(destination instanceof Request)) this.json = JSON.stringify(this.target);
  }

  /** The proxy's reference, where the destination is one. */
  get reference(): Reference | undefined {
    return referenceOf(this.destination);
  }

  /** The full name, as errors and interceptors tell it. */
  get target(): string {
    if (this.destination === undefined) return this.method;
    const object = this.destination instanceof Request ? `#${this.destination.id}` : this.reference?.name;
    return `${object}.${this.method}`;
  }
}
