import { afterString, QUOTE } from './after-string.js';
import { attempt } from './attempt.js';
import { isName } from './hints.js';

/** As many as a side holds by default of what the other exports: who sends more at a time waits for the end of the connection. */
const MAX_FOUND = 131_072;
/** Longest spelling of a key that is looked for, and of a name: each letter may be escaped. */
const MAX_KEY = 100;
const MAX_SPELLED_NAME = 1600;

const OPEN_BRACE = 123;
const hinting: ReadonlySet<string> = new Set(['params', 'kwparams', 'result', 'error']);

/**
 * The names in the `__remoteobject__` hints of a message that is not parsed, in one pass over its text: what its sender waits for
 * the release of. The text need not be JSON.
 */
export function referencesInText(text: string): string[] {
  const found: string[] = [];
  if (!text.includes('remoteobject') && !text.includes('\\u')) return found;
  const colon = /\s*:\s*/y;
  /** Depths of the objects whose keys are data. */
  const literals: number[] = [];
  let depth = 0;
  let holdsHints = false;
  for (let i = 0; i < text.length && found.length < MAX_FOUND; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      const end = afterString(text, i);
      const key = end - i <= MAX_KEY ? unquoted(text.slice(i, end)) : undefined;
      colon.lastIndex = end;
      i = end - 1;
      if (key === undefined || !colon.test(text)) continue;
      const valueAt = colon.lastIndex;
      if (depth === 1) holdsHints = hinting.has(key);
      else if (key === '__literal__' && text.charCodeAt(valueAt) === OPEN_BRACE) literals.push(depth + 1);
      else if (key === '__remoteobject__' && holdsHints && literals.at(-1) !== depth) {
        const name = unquoted(
          text.slice(valueAt, Math.min(afterString(text, valueAt), valueAt + MAX_SPELLED_NAME)),
        );
        if (isName(name)) found.push(name);
      }
    } else if ((c | 32) === 123) depth++;
    else if ((c | 32) === 125) {
      if (literals.at(-1) === depth) literals.pop();
      depth--;
    }
  }
  return found;
}

function unquoted(text: string): string | undefined {
  const value = attempt<unknown>(() => JSON.parse(text), undefined);
  return typeof value === 'string' ? value : undefined;
}
