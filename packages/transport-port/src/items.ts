import { MAX_ATTACHMENTS } from '@bjsonrpc/protocol';
import type { Item } from './frames.js';

/**
 * What came as the items of a frame, if that is what it is. Bytes of it are nobody else's: what shares its memory is copied.
 *
 * @param carriesBytes whether bytes may stand beside a message here
 */
export function readItems(given: unknown, carriesBytes: boolean): readonly Item[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const items: Item[] = [];
  for (const one of given as readonly unknown[]) {
    const item = typeof one === 'string' ? one : carriesBytes ? readLetter(one) : undefined;
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function readLetter(given: unknown): Item | undefined {
  if (!Array.isArray(given)) return undefined;
  const [text, ...bytes] = given as readonly unknown[];
  if (typeof text !== 'string' || bytes.length === 0 || bytes.length > MAX_ATTACHMENTS) return undefined;
  return bytes.every(isBytes) ? [text, ...bytes.map(owned)] : undefined;
}

/** Of whatever realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

/** Bytes that are all of their memory, which is not shared: else a copy of them. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return ownsMemory(bytes) ? bytes : new Uint8Array(bytes);
}

/** Whether these bytes are all of their memory, and it is theirs alone. */
function ownsMemory(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const kind = Object.prototype.toString.call(buffer);
  return kind === '[object ArrayBuffer]' && buffer.byteLength === bytes.byteLength;
}

/**
 * Makes items ready to be posted. The memory that is transferred goes over, and is gone here: it is that of copies, so that
 * whoever sent the bytes still has them, or with `mayTake` their own, where they are all of it and stand there once.
 *
 * @throws TypeError for bytes whose memory has gone over already
 */
export function readyToPost(
  items: readonly Item[],
  mayTake: boolean,
): { readonly items: readonly Item[]; readonly transfer: readonly ArrayBuffer[] } {
  const transfer = new Set<ArrayBuffer>();
  const take = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
    // Throws where the memory has gone: such bytes would arrive as none.
    if (bytes.length === 0) new Uint8Array(bytes.buffer);
    const own = mayTake && ownsMemory(bytes) && !transfer.has(bytes.buffer) ? bytes : new Uint8Array(bytes);
    transfer.add(own.buffer);
    return own;
  };
  const ready = items.map((item): Item => {
    if (typeof item === 'string') return item;
    const [text, ...bytes] = item;
    return [text, ...bytes.map(take)];
  });
  return { items: ready, transfer: [...transfer] };
}
