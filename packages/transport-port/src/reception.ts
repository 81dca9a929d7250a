import type { ConnectionInfo } from '@bjsonrpc/protocol';
import { type Frame, readFrame, type Unchecked } from './frames.js';
import { isBytes } from './items.js';
import type { Line, OpenLine } from './line.js';
import { PortDuplex } from './port-duplex.js';
import type { PortLimits } from './port-options.js';

/** Who opened a port, and what they want to hear. */
export interface ReceptionOwner {
  readonly limits: PortLimits;
  /** A connection is open. */
  onDuplex(duplex: PortDuplex, info: ConnectionInfo): void;
  /** There is no connection, and there will be none. */
  onFailure(error: Error): void;
  /** Somebody was not let in. */
  onRefused(error: Error, remoteAddress: string): void;
}

const MAX_NAME = 64;

let lastName = 0;

/** Names are no secrets: who can post to a port is whom it was given to. */
function newName(): string {
  return `${(++lastName).toString(36)}.${Math.random().toString(36).slice(2)}`;
}

/** Says hello through a port, hears who says it, and opens a connection with them: one at a time. */
export class Reception {
  readonly #owner: ReceptionOwner;
  readonly #line: Line;
  /** This side's name on the connection that is open, or will be. */
  #name: string = newName();
  #current: { readonly duplex: PortDuplex; readonly name: string; readonly other: string } | undefined;
  #isLeaving = false;

  constructor(open: OpenLine, owner: ReceptionOwner) {
    this.#owner = owner;
    this.#line = open({
      onData: (data) => this.#hear(data),
      onEnd: (error) => {
        this.#current?.duplex.breakOff(error);
        owner.onFailure(error);
      },
      onTrouble: (error) => {
        if (!this.#current) owner.onFailure(error);
      },
      onRefused: (error, remoteAddress) => owner.onRefused(error, remoteAddress),
    });
  }

  get remote(): string {
    return this.#line.remote;
  }

  /** @throws what the platform throws: there is no port any more */
  greet(): void {
    this.#sayHello(undefined);
  }

  /** No further connection. The port is left when there is none. */
  leave(): void {
    this.#isLeaving = true;
    if (!this.#current) this.#line.stop();
  }

  #hear(data: unknown): void {
    const frame = readFrame(data);
    if (!frame) return;
    if (frame.bjsonrpc === 'hello') this.#hearHello(frame);
    else if (this.#current && frame.to === this.#current.name) this.#current.duplex.hear(frame);
  }

  #hearHello({ from, to, probe }: Unchecked): void {
    if (typeof from !== 'string' || from.length > MAX_NAME) return;
    const current = this.#current;
    if (current?.other === from) return;
    if (to !== undefined && to !== this.#name) return;
    // A page that was loaded again, say. It knows nothing of the connection before.
    current?.duplex.breakOff(new Error(`The connection to ${this.#line.remote} broke: it began anew`));
    if (this.#isLeaving) return;
    try {
      if (to === undefined) this.#sayHello(from);
    } catch (error) {
      return this.#owner.onFailure(error as Error);
    }
    this.#open(from, isBytes(probe));
  }

  #open(other: string, carriesBytes: boolean): void {
    const line = this.#line;
    const duplex: PortDuplex = new PortDuplex({
      port: {
        remote: line.remote,
        post: (frame, transfer) => line.post(frame, transfer),
        leave: () => this.#over(duplex),
        ...(line.ref && { ref: () => line.ref?.() }),
        ...(line.unref && { unref: () => line.unref?.() }),
      },
      to: other,
      limits: this.#owner.limits,
      carriesBytes,
    });
    this.#current = { duplex, name: this.#name, other };
    this.#name = newName();
    const { remoteAddress } = line;
    this.#owner.onDuplex(duplex, {
      transport: 'port',
      ...(remoteAddress !== undefined && { remoteAddress }),
    });
  }

  #over(duplex: PortDuplex): void {
    if (this.#current?.duplex !== duplex) return;
    this.#current = undefined;
    if (this.#isLeaving) this.#line.stop();
  }

  #sayHello(to: string | undefined): void {
    const hello: Frame = { bjsonrpc: 'hello', from: this.#name, probe: new Uint8Array(1) };
    this.#line.post(to === undefined ? hello : { ...hello, to }, []);
  }
}
