import { Attachment, attempt, isObject } from '@bjsonrpc/protocol';

/** What a value made of JSON takes in V8's heap, about: measured, and not less than half of it. */
const OBJECT_BYTES = 64;
const MEMBER_BYTES = 32;
const ARRAY_BYTES = 40;
const SLOT_BYTES = 8;
const TEXT_BYTES = 16;
/** A number that is not in a list of nothing else: it may have a place of its own. */
const NUMBER_BYTES = 16;

/** Where a letter is beyond Latin-1 all of a text's take two bytes. To know it of others takes no time, however long they are. */
const WIDE = /[^\0-\xff]/;
const SHORT_TEXT = 64;

/** How many values may still be looked at. */
let left = 0;

/**
 * Bytes that a value takes in memory, about: an empty object is twenty times as long there as in a message. Of arrays, plain
 * objects, Maps and Sets it counts what is in them; an instance of any other class counts as an empty object.
 *
 * @param atMost so many values are looked at: what a codec of the application has made may have no end
 * @returns 0 for what throws when it is looked at, as that may, too
 */
export function weightOf(value: unknown, atMost: number = Number.POSITIVE_INFINITY): number {
  left = atMost;
  return attempt(() => weigh(value), 0);
}

function weigh(value: unknown): number {
  if (typeof value === 'string')
    return TEXT_BYTES + value.length * (value.length > SHORT_TEXT && WIDE.test(value) ? 2 : 1);
  if (!isObject(value) || --left < 0) return 0; // it is in a place of something else
  if (Array.isArray(value)) return weighItems(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) {
    let bytes = OBJECT_BYTES;
    for (const key in value) bytes += MEMBER_BYTES + weigh((value as { [key: string]: unknown })[key]);
    return bytes;
  }
  if (prototype === Map.prototype || prototype === Set.prototype)
    return OBJECT_BYTES + weighItems([...(value as Map<unknown, unknown>)]);
  if (value instanceof Attachment) return OBJECT_BYTES + value.bytes.byteLength;
  return ArrayBuffer.isView(value) ? OBJECT_BYTES + value.byteLength : OBJECT_BYTES;
}

function weighItems(items: readonly unknown[]): number {
  let bytes = ARRAY_BYTES + SLOT_BYTES * items.length;
  let numbers = 0;
  // By index, which makes no boxes for the numbers of a list.
  for (let i = 0; i < items.length; i++) {
    if (typeof items[i] === 'number') numbers++;
    else bytes += weigh(items[i]);
  }
  return numbers === items.length ? bytes : bytes + NUMBER_BYTES * numbers;
}
