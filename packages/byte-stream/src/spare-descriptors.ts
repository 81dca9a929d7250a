import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Kept for the application, its files and whom it dials: a tenth of all, but at least and at most so many. */
const MIN_SPARE = 64;
const MAX_SPARE = 1024;
const SPARE_SHARE = 0.1;

/** Why somebody is turned away. */
export const NO_DESCRIPTORS = 'no file descriptors to spare';

let firstSpare: number | undefined;

/**
 * Whether a connection just accepted was given one of the file descriptors that are to be left to the application. A new
 * descriptor is the lowest that is free, so its number says how many are in use. Where the platform does not tell (its
 * limit, or the number), no.
 */
export function usesSpareDescriptor(socket: Socket): boolean {
  const { _handle } = socket as { readonly _handle?: { readonly fd?: unknown } | null };
  const descriptor = _handle?.fd;
  if (typeof descriptor !== 'number') return false;
  firstSpare ??= findFirstSpare();
  return descriptor >= firstSpare;
}

function findFirstSpare(): number {
  const limit = maxDescriptors();
  return limit - Math.min(MAX_SPARE, Math.max(MIN_SPARE, Math.ceil(limit * SPARE_SHARE)));
}

/** On Linux, what the kernel says; elsewhere there is nobody to ask. */
function maxDescriptors(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
