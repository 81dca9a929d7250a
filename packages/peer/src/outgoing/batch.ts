import type { Limits } from '@bjsonrpc/protocol';
import type { PendingRequest } from './request.js';

/** What a batch is sent with. */
export interface BatchParts {
  readonly limits: Pick<Limits, 'maxBatchLength' | 'maxMessageBytes'>;
  readonly far: { readonly maxMessageBytes: number };
  readonly outlet: { readonly messages: number; send(text: string): unknown };
  /** Is told what went in one message: it may be answered as a whole. */
  readonly pending: { sentBatch(requests: readonly PendingRequest[]): void };
}

/** A message that is to go into a batch; `request` is its request, undefined for a notification. */
export interface Element {
  readonly text: string;
  readonly request: PendingRequest | undefined;
}

/** Messages that go as one; as several, where that would be longer than the other side takes, or have too many elements. */
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
    const maxLength = Math.min(limits.maxMessageBytes, far.maxMessageBytes) / 3; // whatever the characters are
    let part: Element[] = [];
    let length = 0;
    for (const element of this.#elements) {
      length += element.text.length + 1;
      if (part.length > 0 && (part.length === limits.maxBatchLength || length > maxLength)) {
        this.#sendPart(part);
        part = [];
        length = element.text.length + 1;
      }
      part.push(element);
    }
    this.#sendPart(part);
  }

  #sendPart(part: readonly Element[]): void {
    if (part.length === 0) return;
    const { outlet, pending } = this.#parts;
    const texts = part.map(({ text }) => text).join();
    outlet.send(part.length === 1 ? texts : `[${texts}]`);
    const requests = part.flatMap(({ request }) => request ?? []);
    for (const request of requests) request.sentAs = outlet.messages;
    pending.sentBatch(requests);
  }
}
