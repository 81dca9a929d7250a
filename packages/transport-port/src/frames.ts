/**
 * What goes through a port: objects with a member `bjsonrpc` that says what they are. Whatever else goes through the same
 * port belongs to others, and is not looked at.
 */

/** A message alone, or with the bytes that stand beside it. */
export type Item = string | readonly [text: string, ...bytes: Uint8Array<ArrayBuffer>[]];

/**
 * Each side says hello when it has begun to listen, to whoever is there; and who hears that says it back, to the one who
 * asked. So both learn of one another, whoever was there first. `probe` is a Uint8Array of one byte: what arrives of it
 * tells whether this port carries bytes or makes JSON of them.
 */
export interface Hello {
  readonly bjsonrpc: 'hello';
  /** Names this end of the connection. */
  readonly from: string;
  /** The end that it is for. Absent: whoever is there. */
  readonly to?: string;
  readonly probe?: unknown;
}

export interface Messages {
  readonly bjsonrpc: 'messages';
  readonly to: string;
  readonly items: readonly Item[];
  /** As in {@link Taken}. */
  readonly taken?: number;
}

/** So many bytes more have been taken by the receiver of the other side: its sender may go on. */
export interface Taken {
  readonly bjsonrpc: 'taken';
  readonly to: string;
  readonly taken: number;
}

/** The last frame. Who hears of a clean end says it as well. */
export interface Bye {
  readonly bjsonrpc: 'bye';
  readonly to: string;
  readonly isClean: boolean;
}

export type Frame = Hello | Messages | Taken | Bye;

/** What was read of a frame: it says what it is and for whom, and nothing else about it is sure. */
export interface Unchecked {
  readonly bjsonrpc: string;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly probe?: unknown;
  readonly items?: unknown;
  readonly taken?: unknown;
  readonly isClean?: unknown;
}

/** What came through a port, if it is of this protocol. Some platforms wrap it into an event. */
export function readFrame(data: unknown): Unchecked | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { bjsonrpc } = data as Partial<Unchecked>;
  return typeof bjsonrpc === 'string' ? (data as Unchecked) : undefined;
}

/** What an item adds to what is under way: its text in characters, its bytes, and something for itself. */
export function costOf(item: Item): number {
  return lengthOf(item) + 16;
}

/** The text in characters, since that is what is at hand, and the bytes beside it. */
export function lengthOf(item: Item): number {
  if (typeof item === 'string') return item.length;
  let length = 0;
  for (const part of item) length += part.length;
  return length;
}
