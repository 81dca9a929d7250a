import { eachMember } from './each-member.js';
import { ownText } from './own-text.js';

/**
 * How the numeric `id` of each message was spelled, digit for digit: a double cannot hold every number that JSON can
 * write. By the message's place in the batch; of a single message at 0.
 */
export function spelledIds(text: string, isBatch: boolean): ReadonlyMap<number, string> {
  const number = /-?\d[-+.\deE]*/y;
  const spelled = new Map<number, string>();
  eachMember(text, isBatch, (key, element, valueAt) => {
    if (key !== 'id') return;
    number.lastIndex = valueAt;
    const [digits] = number.exec(text) ?? [];
    // Of two members the last one counts.
    if (digits === undefined) spelled.delete(element);
    else spelled.set(element, ownText(digits));
  });
  return spelled;
}
