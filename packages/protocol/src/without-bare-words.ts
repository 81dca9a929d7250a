import { afterString } from './after-string.js';
import { tooMany } from './assert-readable.js';

/** A bare word takes as long as so many values: NaN becomes a class hint. */
const NODES_OF_NAN = 8;

/**
 * A text whose only fault may be the bare words that Python writes, NaN and Infinity, rewritten in JSON:
 * an overflowing number for the infinities, a class hint (section 10) for NaN. Undefined: there are none.
 *
 * @throws LimitExceededError for more than `maxNodes` values in the place of bare words
 */
export function withoutBareWords(text: string, maxNodes: number): string | undefined {
  if (!text.includes('NaN') && !text.includes('Infinity')) return undefined;
  let left = maxNodes;
  let found = false;
  const rewritten = (word: string): string => {
    found = true;
    left -= NODES_OF_NAN;
    if (left < 0) throw tooMany(maxNodes);
    return word === 'NaN' ? '{"__jsonclass__":["Number",["NaN"]]}' : '1e999';
  };
  let out = '';
  for (let i = 0; i < text.length; ) {
    const quote = text.indexOf('"', i);
    const plain = text.slice(i, quote === -1 ? text.length : quote);
    out += plain.replace(/\b(?:NaN|Infinity)\b/g, rewritten);
    if (quote === -1) break;
    i = afterString(text, quote);
    out += text.slice(quote, i);
  }
  return found ? out : undefined;
}
