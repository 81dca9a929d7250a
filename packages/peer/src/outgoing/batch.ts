import type { Limits, Written } from '@bjsonrpc/protocol';
import type { PendingRequest } from './request.js';

/** What a batch is sent with. */
export interface BatchParts {
  readonly limits: Pick<Limits, 'maxBatchLength'>;
  readonly far: { readonly mostBytes: number };
  readonly outlet: { readonly messages: number; send(message: Written): unknown };
  /** Is told what went in one message: it may be answered as a whole. */
  readonly pending: { sentBatch(requests: readonly PendingRequest[]): void };
}

/** A message that is to go into a batch; `request` is its request, undefined for a notification. */
export interface Element {
  readonly message: Written;
  readonly request: PendingRequest | undefined;
}

/**
 * Messages that go as one; as several, where that would be longer than the other side takes, or have too many elements. One with
 * bytes beside it goes by itself.
 */
export class Batch {
  readonly #parts: BatchParts;
  readonly #elements: Element[] = [];

  constructor(parts: BatchParts) {
    this.#parts = parts;
  }

  add(element: Element): void {
    this.#elements.push(element);
  }

  send(): void {
    const { limits, far } = this.#parts;
    const maxLength = far.mostBytes / 3; // whatever the characters are
    let part: Element[] = [];
    let length = 0;
    let isAfterBytes = false;
    for (const element of this.#elements) {
      const isWithBytes = typeof element.message !== 'string';
      length += element.message.length + 1;
      const isFull =
        part.length === limits.maxBatchLength || length > maxLength || isWithBytes || isAfterBytes;
      isAfterBytes = isWithBytes;
      if (part.length > 0 && isFull) {
        this.#sendPart(part);
        part = [];
        length = element.message.length + 1;
      }
      part.push(element);
    }
    this.#sendPart(part);
  }

  #sendPart(part: readonly Element[]): void {
    if (part.length === 0) return;
    const { outlet, pending } = this.#parts;
    const [first] = part;
    outlet.send(
      part.length === 1 && first ? first.message : `[${part.map(({ message }) => message).join()}]`,
    );
    const requests = part.flatMap(({ request }) => request ?? []);
    for (const request of requests) request.sentAs = outlet.messages;
    pending.sentBatch(requests);
  }
}
