import { afterString, QUOTE } from './after-string.js';
import { LimitExceededError } from './errors.js';
import type { Limits } from './limits.js';

/** What a shorter message can hold is read before anybody notices. */
export const LONG: number = 64 * 1024;
/** Of so many characters one is looked at. */
const STRIDE = 64;
/** The part of the limit from which on an estimate is not believed: it is right within a tenth. */
const NEARLY = 0.75;
/** An array, an object, a text or a key takes as long to make as so many numbers. */
const NODES_OF_OBJECT = 4;
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
      nodes += NODES_OF_OBJECT / 2; // each text has two
    else if ((c | 32) === 123) {
      nodes += NODES_OF_OBJECT;
      if (++depth > deepest) deepest = depth;
    } else if ((c | 32) === 125) depth--;
  }
  return nodes * STRIDE > NEARLY * maxNodes || deepest > DEEP;
}

/** All commas, texts and opening brackets. */
function count(text: string, { maxNodes, maxDepth }: Pick<Limits, 'maxNodes' | 'maxDepth'>): void {
  let nodes = 1;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      i = afterString(text, i) - 1;
      nodes += NODES_OF_OBJECT;
    } else if (c === 44) nodes++;
    else if ((c | 32) === 123) {
      nodes += NODES_OF_OBJECT;
      if (++depth > maxDepth) throw tooDeep(maxDepth);
    } else if ((c | 32) === 125) depth--;
    if (nodes > maxNodes) throw tooMany(maxNodes);
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
