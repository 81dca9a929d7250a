import { inspect } from 'node:util';

/** Something of the other side's that this one holds. */
export interface Held {
  readonly kind: 'object' | 'function' | 'stream';
  /** `RemoteObject account_0001`. */
  readonly label: string;
}

/** What a value is, if it is a reference; undefined if it is a value of its own. */
export function heldOf(value: unknown): Held | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const { onBroken, retain } = value as { onBroken?: unknown; retain?: unknown };
  if (typeof onBroken !== 'function' || typeof retain !== 'function') return undefined;
  const object = Symbol.asyncIterator in value ? 'stream' : 'object';
  return {
    kind: typeof value === 'function' ? 'function' : object,
    label: inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).replace(/^\[|\]$/g, ''),
  };
}
