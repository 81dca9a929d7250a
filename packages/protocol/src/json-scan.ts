/**
 * What JSON.parse does not tell: how deep a value nests, how an id was spelled, and what Python's bare words meant.
 * Each scan is linear, and none runs on a short message.
 */

const QUOTE = 34;
const BACKSLASH = 92;

/** The index just after the string that opens at `start`, or the text's length where it never closes. */
function afterString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Whether a value that JSON.parse made nests deeper than `limit`: walking it takes a quarter of scanning its text. */
export function nestsDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  return Array.isArray(value) ? hasDeepItem(value, limit - 1) : hasDeepMember(value, limit - 1);
}

function hasDeepItem(array: readonly unknown[], limit: number): boolean {
  for (let i = 0; i < array.length; i++) {
    const item = array[i];
    if (typeof item === 'object' && nestsDeeperThan(item, limit)) return true;
  }
  return false;
}

function hasDeepMember(object: object, limit: number): boolean {
  for (const key in object) {
    const member = (object as { readonly [key: string]: unknown })[key];
    if (typeof member === 'object' && nestsDeeperThan(member, limit)) return true;
  }
  return false;
}

/**
 * How the numeric `id` of each message was spelled, digit for digit: a double cannot hold every number that JSON can
 * write. By the message's place in the batch; of a single message at 0.
 */
export function spelledIds(text: string, isBatch: boolean): ReadonlyMap<number, string> {
  const base = isBatch ? 2 : 1;
  const spelled = new Map<number, string>();
  const number = /\s*:\s*(-?[\d][-+.\deE]*)?/y;
  let depth = 0;
  let index = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      const end = afterString(text, i);
      number.lastIndex = end;
      const value = depth === base && end - i < 30 ? number.exec(text) : null; // "id", or its escaped spellings
      if (value && JSON.parse(text.slice(i, end)) === 'id') {
        // Of two members the last one counts.
        if (value[1] === undefined) spelled.delete(index);
        else spelled.set(index, value[1]);
      }
      i = end - 1;
    } else if ((c | 32) === 123) depth++;
    else if ((c | 32) === 125) depth--;
    else if (c === 44 && depth === base - 1) index++;
  }
  return spelled;
}

/**
 * A text whose only fault may be the bare words that Python writes, NaN and Infinity, rewritten in JSON:
 * an overflowing number for the infinities, a class hint (section 10) for NaN. Undefined: there are none.
 */
export function withoutBareWords(text: string): string | undefined {
  if (!text.includes('NaN') && !text.includes('Infinity')) return undefined;
  let out = '';
  for (let i = 0; i < text.length; ) {
    const quote = text.indexOf('"', i);
    const plain = text.slice(i, quote === -1 ? text.length : quote);
    out += plain
      .replace(/\bNaN\b/g, '{"__jsonclass__":["Number",["NaN"]]}')
      .replace(/\bInfinity\b/g, '1e999');
    if (quote === -1) break;
    i = afterString(text, quote);
    out += text.slice(quote, i);
  }
  return out;
}
