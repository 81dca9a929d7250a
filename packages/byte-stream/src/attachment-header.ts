import { type Attachments, MAX_ATTACHMENTS } from '@bjsonrpc/protocol';

/** With this byte begins what stands before a message that has bytes beside it: no message begins so. */
export const STAR = 0x2a;

/** The longest header, without its star and line feed: so many lengths of ten digits. */
export const MAX_HEADER_BYTES: number = MAX_ATTACHMENTS * 11;

const LENGTHS = /^\d{1,10}(?:,\d{1,10})*$/;

/** How long each of what follows is: `*3,65536`. */
export function attachmentHeader(attachments: Attachments): string {
  return `*${attachments.map(({ length }) => length).join()}`;
}

/** What stands behind the star; undefined for what is no such header, or has more lengths than may be. */
export function lengthsOf(header: string): readonly number[] | undefined {
  const lengths = LENGTHS.test(header) ? header.split(',').map(Number) : [];
  return lengths.length > 0 && lengths.length <= MAX_ATTACHMENTS ? lengths : undefined;
}
