import { Letter, MAX_ATTACHMENTS, MIN_ATTACHMENT_BYTES, type Written } from '@bjsonrpc/protocol';

/** The bytes of one message that is being written: those that go beside it. */
export class Attaching {
  readonly #attachments: Uint8Array<ArrayBuffer>[] = [];
  bytes = 0;

  /** What `EncodeContext.attach` does. They are copied: the program may go on with its own. */
  readonly attach = (bytes: Uint8Array): number | undefined => {
    if (bytes.length < MIN_ATTACHMENT_BYTES || this.#attachments.length === MAX_ATTACHMENTS) return undefined;
    this.bytes += bytes.length;
    return this.#attachments.push(bytes.slice()) - 1;
  };

  /** The message, with what goes beside it. */
  around(text: string): Written {
    return this.#attachments.length === 0 ? text : new Letter(text, this.#attachments);
  }
}
