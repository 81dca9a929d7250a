import type { Attachments } from '@bjsonrpc/protocol';

/** One message, seen as it passes. */
export interface WireEvent {
  readonly direction: 'received' | 'sent';
  /** Length in bytes of UTF-8, framing not counted, and of what went beside it. */
  readonly bytes: number;
  readonly text: string;
  /** What went beside it, if anything did: to be looked at, and left as it is. */
  readonly attachments?: Attachments;
}

/** A message, with bytes beside it or without. */
type Seen = string | { readonly text: string; readonly attachments: Attachments };

/** Sees every message. */
export type Observe = (direction: WireEvent['direction'], message: Seen) => void;

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 0x7f) bytes += c > 0x7ff && (c < 0xd800 || c > 0xdfff) ? 2 : 1; // each half of a pair counts two of four
  }
  return bytes;
}

/** What watches the wire. */
export interface Watchers {
  readonly trace?: ((line: string) => void) | undefined;
  readonly onWire?: ((event: WireEvent) => void) | undefined;
}

/** One function for both ways of watching, or undefined where nobody does. What they throw is reported. */
export function observer(
  { trace, onWire }: Watchers,
  guard: (run: () => void) => unknown,
): Observe | undefined {
  if (!trace && !onWire) return undefined;
  return (direction, message) => {
    const { text, attachments } =
      typeof message === 'string' ? { text: message, attachments: undefined } : message;
    const sizes = attachments?.map(({ length }) => length) ?? [];
    const bytes = sizes.reduce((sum, size) => sum + size, utf8Length(text));
    const beside = sizes.map((size) => ` (${inWords(size)})`).join('');
    // Blanks between members may be line breaks: a message must not look like two.
    const line = (): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
    if (trace) guard(() => trace(`${direction === 'received' ? '<' : '>'}:${bytes}: ${line()}${beside}`));
    if (onWire) guard(() => onWire({ direction, bytes, text, ...(attachments && { attachments }) }));
  };
}

/** `64 KiB`, `300 bytes`. */
function inWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [size, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KiB'] : [bytes / (1024 * 1024), 'MiB'];
  return `${Math.round(size * 10) / 10} ${unit}`;
}
