import type { Duplex, Transport } from '@bjsonrpc/protocol';
import type { Failure } from '../failure.js';
import { printable } from '../printing/printable.js';
import type { Output } from '../terminal.js';
import type { Recorder } from './recorder.js';
import { relay } from './relay.js';
import { traceHead, traceText } from './trace-text.js';

/** What a trace goes by. */
export interface TracerParts {
  readonly out: Output;
  /** Whom each connection is passed on to. */
  readonly target: Transport;
  /** A dial that failed, in words. */
  readonly explain: (error: unknown) => Failure;
  readonly recorder: Recorder | undefined;
}

/** Passes connections on, and prints what is said on them. */
export class Tracer {
  readonly #parts: TracerParts;
  readonly #open = new Set<Duplex>();
  #count = 0;

  constructor(parts: TracerParts) {
    this.#parts = parts;
  }

  /** Takes a connection that came in. It is read when the way on is open. Never rejects. */
  async accept(client: Duplex): Promise<void> {
    const connection = ++this.#count;
    this.#open.add(client);
    this.#say(connection, 'opened');
    let server: Duplex;
    try {
      server = await this.#parts.target.dial({});
    } catch (error) {
      const { message, advice = '' } = this.#parts.explain(error);
      this.#say(connection, this.#parts.out.colors.red(printable(`${message}. ${advice}`)));
      this.#open.delete(client);
      client.start({ onMessage: () => {}, onClose: () => {} });
      client.close();
      return;
    }
    const { out, recorder } = this.#parts;
    relay(
      { client, server },
      {
        message: (from, text, attachments) => {
          void out.line(traceText({ connection, from, text, attachments, time: new Date() }, out));
          const beside = attachments?.map((bytes) => Buffer.from(bytes).toString('base64'));
          recorder?.message({ connection, from, text, ...(beside && { attachments: beside }) });
        },
        end: (by, error) => {
          this.#open.delete(client);
          this.#say(connection, `closed by the ${by}${error ? `: ${printable(error.message)}` : ''}`);
        },
      },
    );
  }

  /** Ends all connections. */
  close(): void {
    for (const client of this.#open) client.close();
  }

  #say(connection: number, text: string): void {
    const { out } = this.#parts;
    void out.line(
      `${traceHead(connection, { time: new Date(), colors: out.colors })} ${out.colors.dim(text)}`,
    );
  }
}
