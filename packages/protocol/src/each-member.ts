import { afterString, QUOTE } from './after-string.js';

/** Longest spelling of a key that is looked for: of "stream", each letter escaped. */
const MAX_KEY = 40;

/**
 * Visits the members of a message, or of each message of a batch, in one pass over the text: the key, the message's place in
 * the batch, and where its value begins. Long keys are left out. The text need not be JSON.
 */
export function eachMember(
  text: string,
  isBatch: boolean,
  visit: (key: string, element: number, valueAt: number) => void,
): void {
  const base = isBatch ? 2 : 1;
  const colon = /\s*:\s*/y;
  let depth = 0;
  let element = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      const end = afterString(text, i);
      colon.lastIndex = end;
      if (depth === base && end - i <= MAX_KEY && colon.test(text))
        visit(unescaped(text.slice(i + 1, end - 1)), element, colon.lastIndex);
      i = end - 1;
    } else if ((c | 32) === 123) depth++;
    else if ((c | 32) === 125) depth--;
    else if (c === 44 && depth === base - 1) element++;
  }
}

function unescaped(key: string): string {
  return key.replace(/\\u([\da-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
