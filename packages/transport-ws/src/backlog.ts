import { Queue } from '@bjsonrpc/byte-stream';
import type { Attachments } from '@bjsonrpc/protocol';

/** A message that has come, and what stood before it; `bytes` counts both. */
export interface Unread {
  readonly text: string;
  readonly attachments: Attachments | undefined;
  readonly bytes: number;
}

/** Messages that have come and are not yet delivered, and how much they are. */
export class Backlog {
  readonly #messages = new Queue<Unread>();
  #bytes = 0;

  get length(): number {
    return this.#messages.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(message: Unread): void {
    this.#messages.push(message);
    this.#bytes += message.bytes;
  }

  shift(): Unread | undefined {
    const message = this.#messages.shift();
    this.#bytes -= message?.bytes ?? 0;
    return message;
  }

  clear(): void {
    this.#messages.clear();
    this.#bytes = 0;
  }
}
