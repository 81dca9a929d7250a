/**
 * Binary data as base64: a Uint8Array by itself, other views and buffers with their class's name beside it.
 * Elements of more than one byte are little-endian on the wire, as on every machine that runs JavaScript today.
 */

import { decodeBase64, encodeBase64 } from '#base64';
import { Attachment } from './attachment.js';

type BytesType = new (buffer: ArrayBuffer) => ArrayBufferView | ArrayBuffer;

const views = [
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
] as const;

/** The classes whose instances travel as bytes; every typed array inherits from one of them. */
export const bytesTypes: readonly (abstract new (...args: never[]) => unknown)[] = [...views, ArrayBuffer];

const byName = new Map<unknown, BytesType>(views.map((view) => [view.name, view as BytesType]));

/** The tag of a typed array, which no subclass can change: undefined for other objects. */
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;

/**
 * The class of a view or buffer, of whatever realm.
 *
 * @throws TypeError for anything else
 */
export function bytesKind(value: object): string {
  if (!ArrayBuffer.isView(value)) {
    Reflect.get(ArrayBuffer.prototype, 'byteLength', value); // throws for what is none
    return 'ArrayBuffer';
  }
  const name = (Reflect.get(typedArray, Symbol.toStringTag, value) as string | undefined) ?? 'DataView';
  if (!byName.has(name)) throw new TypeError(`unknown view ${name}`);
  return name;
}

/** Takes bytes to go beside the message, and gives their place there; undefined: they are to stand in it. They are not kept. */
export type Attach = (bytes: Uint8Array) => number | undefined;

/**
 * Arguments of the `Bytes` hint: base64, or the place of what `attach` took; then the class's name unless it is Uint8Array (or its
 * subclass Buffer).
 */
export function encodeBytes(value: ArrayBufferView | ArrayBuffer, attach?: Attach): readonly unknown[] {
  const kind = bytesKind(value);
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  const given = attach?.(bytes) ?? encodeBase64(bytes);
  return kind === 'Uint8Array' ? [given] : [given, kind];
}

/** @throws for text that is not base64, an unknown class, or a length that does not fit the class */
export function decodeBytes(given: unknown, name: unknown = 'Uint8Array'): ArrayBufferView | ArrayBuffer {
  const bytes = given instanceof Attachment ? given.bytes : bytesOf(given);
  if (name === 'Uint8Array') return bytes;
  const { buffer } = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  if (name === 'ArrayBuffer') return buffer;
  const View = byName.get(name);
  if (!View) throw new TypeError(`unknown view ${String(name)}`);
  return new View(buffer);
}

function bytesOf(text: unknown): Uint8Array<ArrayBuffer> {
  if (typeof text !== 'string') throw new TypeError('base64 is expected');
  return decodeBase64(text);
}
