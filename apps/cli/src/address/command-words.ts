import { usageFailure } from '../failure.js';

const WORD_END = /\s/;

/**
 * A command line as its words, as a shell would have them: blanks part them, quotes of both kinds and backslashes keep
 * them together. Nothing else has a meaning: no variables, no wildcards.
 *
 * @throws Failure for a quote that does not end
 */
export function commandWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    if (c === '\\' && quote !== "'" && i + 1 < line.length) word = (word ?? '') + line[++i];
    else if (c === quote) quote = undefined;
    else if (quote === undefined && (c === '"' || c === "'")) {
      quote = c;
      word ??= '';
    } else if (quote === undefined && WORD_END.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (quote !== undefined) throw usageFailure(`a ${quote} in the command does not end: ${line}`);
  if (word !== undefined) words.push(word);
  return words;
}
