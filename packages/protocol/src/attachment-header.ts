import { MAX_ATTACHMENTS } from './attachment.js';
import type { Attachments } from './duplex.js';

const LENGTHS = /^\d{1,10}(?:,\d{1,10})*$/;

/** What stands before a message that has bytes beside it (section 10): how long each of them is, as `*3,65536`. No message begins so. */
export function attachmentHeader(attachments: Attachments): string {
  return `*${attachments.map(({ length }) => length).join()}`;
}

/** The lengths that stand behind the star; undefined for what is no such header, or has more of them than may be. */
export function attachmentLengths(header: string): readonly number[] | undefined {
  const lengths = LENGTHS.test(header) ? header.split(',').map(Number) : [];
  return lengths.length > 0 && lengths.length <= MAX_ATTACHMENTS ? lengths : undefined;
}
