import type { Attachments } from './duplex.js';

/** A message with bytes beside it. Its length is of all of it, as that of a text is. */
export class Letter {
  readonly text: string;
  readonly attachments: Attachments;
  readonly length: number;

  constructor(text: string, attachments: Attachments) {
    this.text = text;
    this.attachments = attachments;
    this.length = text.length + bytesOf(attachments);
  }
}

/** A message as it leaves or comes: mostly a text alone. */
export type Written = string | Letter;

/** Bytes of all together. */
function bytesOf(attachments: Attachments): number {
  let bytes = 0;
  for (const { length } of attachments) bytes += length;
  return bytes;
}
