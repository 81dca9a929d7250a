import { usageFailure } from '../failure.js';

/** What a line of the repl asks for. */
export interface Line {
  /** What the method is called on: `$1`; undefined: the other side itself. */
  readonly on: string | undefined;
  readonly method: string;
  readonly words: readonly string[];
  readonly keywords: readonly string[];
}

/**
 * `add 2 3`, `$1.items`, `find Ada limit=10`: a method, and words as on a command line. JSON needs no quotes around it: what begins
 * with `[`, `{` or `"` goes on until it ends.
 *
 * @throws Failure for what does not end
 */
export function parseLine(text: string): Line | undefined {
  const [target, ...rest] = wordsOf(text);
  if (target === undefined) return undefined;
  const [, on, method] = /^(\$\d+)\.(.+)$/s.exec(target) ?? [undefined, undefined, target];
  const isKeyword = (word: string): boolean => /^[a-z_]\w*=/i.test(word);
  return {
    on,
    method: method as string,
    words: rest.filter((word) => !isKeyword(word)),
    keywords: rest.filter(isKeyword),
  };
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    const end = wordEnd(text, at);
    words.push(text.slice(at, end));
    at = end;
  }
  return words;
}

/** Where the word that begins there ends: at a blank outside of texts and brackets. */
function wordEnd(text: string, begin: number): number {
  let depth = 0;
  let isText = false;
  for (let at = begin; at < text.length; at++) {
    const c = text[at] as string;
    if (isText && c === '\\') at++;
    else if (c === '"') isText = !isText;
    else if (isText) continue;
    else if (c === '[' || c === '{') depth++;
    else if (c === ']' || c === '}') depth--;
    else if (depth <= 0 && /\s/.test(c)) return at;
  }
  if (isText || depth > 0)
    throw usageFailure(`${text.slice(begin)}: does not end`, 'A ", ] or } is missing.');
  return text.length;
}
