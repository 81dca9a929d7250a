import { RegExpSource } from '@bjsonrpc/peer';
import { heldOf } from './reference.js';

/**
 * A value that arrived, as JSON on one line. What JSON has no form for is told by a text or a list: a Date by its ISO 8601
 * text, bytes by base64, a bigint by its digits, a Set by a list, a Map by an object, or a list of pairs where a key is no text, a reference
 * by `{"$ref":"RemoteObject account_0001"}`.
 */
export function jsonOf(value: unknown): string {
  return JSON.stringify(plain(value)) ?? 'null';
}

function plain(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'function':
      return { $ref: heldOf(value)?.label ?? 'function' };
    case 'object':
      return value === null ? null : plainObject(value);
    default:
      return value;
  }
}

function plainObject(value: object): unknown {
  const held = heldOf(value);
  if (held) return { $ref: held.label };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Map) return plainMap(value);
  if (value instanceof Set) return [...value].map(plain);
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64');
  if (value instanceof URL) return value.href;
  if (value instanceof RegExpSource) return `/${value.source}/${value.flags}`;
  if (value instanceof Error) return errorMembers(value);
  return withMembers(Object.entries(value));
}

function plainMap(map: ReadonlyMap<unknown, unknown>): unknown {
  const entries = [...map];
  if (entries.every((entry): entry is [string, unknown] => typeof entry[0] === 'string'))
    return withMembers(entries);
  return entries.map((pair) => pair.map(plain));
}

/** An error as its name, message, code and data: what `--json` says of a call that failed. */
export function errorMembers(error: Error): object {
  const { name, message, code, data } = error as Error & { code?: unknown; data?: unknown };
  return {
    name,
    message,
    ...(code !== undefined && { code }),
    ...(data !== undefined && { data: plain(data) }),
  };
}

/** Any name is a member, `__proto__` too. */
function withMembers(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries.map(([name, member]) => [name, plain(member)]));
}
