import { eachMember } from './each-member.js';
import { ownText } from './own-text.js';

/**
 * How the numeric `id` of each message was spelled, digit for digit: a double cannot hold every number that JSON can
 * write. By the message's place in the batch; of a single message at 0.
 */
export function spelledIds(text: string, isBatch: boolean): ReadonlyMap<number, string> {
  const spelled = new Map<number, string>();
  eachMember(text, isBatch, (key, element, valueAt) => {
    if (key !== 'id') return;
    const digits = numberAt(text, valueAt);
    // Of two members the last one counts.
    if (digits === undefined) spelled.delete(element);
    else spelled.set(element, digits);
  });
  return spelled;
}

/** The same of a number among the parameters, which are an object, of a single message. */
export function spelledParam(text: string, name: string): string | undefined {
  const params = text.slice(lastMember(text, 'params'));
  return numberAt(params, lastMember(params, name) ?? params.length);
}

/** Where the value of that member begins: of several the last one counts. */
function lastMember(text: string, name: string): number | undefined {
  let at: number | undefined;
  eachMember(text, false, (key, _, valueAt) => {
    if (key === name) at = valueAt;
  });
  return at;
}

function numberAt(text: string, at: number): string | undefined {
  const number = /-?\d[-+.\deE]*/y;
  number.lastIndex = at;
  const [digits] = number.exec(text) ?? [];
  return digits === undefined ? undefined : ownText(digits);
}
