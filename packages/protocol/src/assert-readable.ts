import { afterString, BACKSLASH, QUOTE } from './after-string.js';
import { LimitExceededError } from './errors.js';
import type { Limits } from './limits.js';

/** What a shorter message can hold is read before anybody notices. */
export const LONG: number = 64 * 1024;
/** Of so many characters one is looked at. */
const STRIDE = 64;
/** The part of the limit from which on an estimate is not believed: it takes all texts and keys for something in between. */
const NEARLY = 0.65;
/** An array, an object, a new text and a new key take as long to make as so many numbers, beside the comma before them. */
const NODES_OF_OBJECT = 2;
const NODES_OF_TEXT = 3;
const NODES_OF_KEY = 6;
/** Levels, of those that are looked at, which no text has by chance. */
const DEEP = 128;

/**
 * Refuses a text that would take long to parse, before it is parsed: what JSON.parse takes grows with the values, not with the
 * characters. Most texts are far from the limits, and a look at some of their characters tells so; only others are counted.
 * It is for long texts.
 *
 * @throws LimitExceededError
 */
export function assertReadable(text: string, limits: Pick<Limits, 'maxNodes' | 'maxDepth'>): void {
  if (isSuspect(text, limits.maxNodes)) count(text, limits);
}

/** Whether an estimate comes near a limit. At random, since a pattern could hide between regular looks. */
function isSuspect(text: string, maxNodes: number): boolean {
  let random = Math.floor(Math.random() * 2 ** 32);
  let nodes = 0;
  let depth = 0;
  let deepest = 0;
  for (let block = 0; block < text.length; block += STRIDE) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0;
    const c = text.charCodeAt(block + (random >>> 26));
    if (c === 44) nodes++;
    else if (c === QUOTE)
      nodes += (NODES_OF_TEXT + NODES_OF_KEY) / 4; // each has two
    else if ((c | 32) === 123) {
      nodes += NODES_OF_OBJECT;
      if (++depth > deepest) deepest = depth;
    } else if ((c | 32) === 125) depth--;
  }
  return nodes * STRIDE > NEARLY * maxNodes || deepest > DEEP;
}

/** All commas and opening brackets; and texts and keys, unless they have come before. */
function count(text: string, { maxNodes, maxDepth }: Pick<Limits, 'maxNodes' | 'maxDepth'>): void {
  const seen = new Seen();
  /** The keys so far, in one number, of each object that is open. */
  const keys: number[] = [0];
  let nodes = 1;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      const end = seen.read(text, i);
      const { hash } = seen;
      if (isKey(text, end)) {
        // A key costs little where it follows the keys that it has followed before: objects of one shape share it.
        const shape = (Math.imul(keys[depth] as number, 31) + hash) | 0;
        keys[depth] = shape;
        if (seen.isNew(shape)) nodes += NODES_OF_KEY;
      } else if (seen.isNew(hash)) nodes += NODES_OF_TEXT;
      i = end - 1;
    } else if (c === 44) nodes++;
    else if ((c | 32) === 123) {
      nodes += NODES_OF_OBJECT;
      if (++depth > maxDepth) throw tooDeep(maxDepth);
      keys[depth] = 1;
    } else if ((c | 32) === 125 && depth > 0) depth--;
    if (nodes > maxNodes) throw tooMany(maxNodes);
  }
}

/** Whether a colon follows the text that ends there. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 32) at++;
  return text.charCodeAt(at) === 58;
}

/** Longer texts, and those with escapes, are all taken for new. */
const SHORT = 64;
const SLOTS = 4096;
/** Slots in which one may be: what comes all the time is not lost among those that come once. */
const WAYS = 4;

/** What has come lately, by numbers that nobody can choose: they begin at random. */
class Seen {
  readonly #seed = Math.floor(Math.random() * 2 ** 32) | 1;
  readonly #slots = new Int32Array(SLOTS);

  /** Of the text that was read last; 0: it is long, or has an escape. */
  hash = 0;

  /** Reads the text that opens there. Gives the index after it. */
  read(text: string, start: number): number {
    let hash = this.#seed;
    for (let i = start + 1; i < start + SHORT; i++) {
      const c = text.charCodeAt(i);
      if (c === QUOTE) {
        this.hash = hash ^ (hash >>> 15);
        return i + 1;
      }
      if (c === BACKSLASH) break;
      hash = Math.imul(hash ^ c, 16_777_619);
    }
    this.hash = 0;
    return afterString(text, start);
  }

  /** Whether it has not come before, or a long time ago; and it has come now. */
  isNew(hash: number): boolean {
    if (hash === 0) return true;
    const slots = this.#slots;
    const first = hash & (SLOTS - WAYS);
    let at = first;
    while (at < first + WAYS - 1 && slots[at] !== hash) at++;
    const isNew = slots[at] !== hash;
    for (; at > first; at--) slots[at] = slots[at - 1] as number; // the one that came last stands first
    slots[first] = hash;
    return isNew;
  }
}

/** A text, or a value, that nests too deep. */
export function tooDeep(maxDepth: number): LimitExceededError {
  return new LimitExceededError(`Nested deeper than ${maxDepth} (maxDepth)`);
}

/** A text with too many values. */
export function tooMany(maxNodes: number): LimitExceededError {
  return new LimitExceededError(`A message may hold ${maxNodes} values (maxNodes)`);
}
