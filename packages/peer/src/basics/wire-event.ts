/** One message, seen as it passes. */
export interface WireEvent {
  readonly direction: 'received' | 'sent';
  /** Length in bytes of UTF-8, framing not counted. */
  readonly bytes: number;
  readonly text: string;
}

/** Sees every message. */
export type Observe = (direction: WireEvent['direction'], text: string) => void;

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 0x7f) bytes += c > 0x7ff && (c < 0xd800 || c > 0xdfff) ? 2 : 1; // each half of a pair counts two of four
  }
  return bytes;
}

/** What watches the wire: one function for both ways of watching, or undefined where nobody does. What they throw is reported. */
export function observer(
  trace: ((line: string) => void) | undefined,
  onWire: ((event: WireEvent) => void) | undefined,
  guard: (run: () => void) => unknown,
): Observe | undefined {
  if (!trace && !onWire) return undefined;
  return (direction, text) => {
    const bytes = utf8Length(text);
    // Blanks between members may be line breaks: a message must not look like two.
    const line = (): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
    if (trace) guard(() => trace(`${direction === 'received' ? '<' : '>'}:${bytes}: ${line()}`));
    if (onWire) guard(() => onWire({ direction, bytes, text }));
  };
}
