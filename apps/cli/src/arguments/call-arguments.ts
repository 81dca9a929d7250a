import { readFileSync } from 'node:fs';
import { kw } from '@bjsonrpc/peer';
import { usageFailure } from '../failure.js';
import { readValue } from './read-value.js';

/** What words may stand for beside values. */
export interface ArgumentSources {
  /** A function for the other side to call: `callback:NAME`. */
  callback(name: string): (...args: unknown[]) => unknown;
  /** Something that is held under that name (`$1`); undefined: there is no such thing, and the word is a text. */
  held?(name: string): unknown;
}

/**
 * The words after a method's name as its arguments: values; `callback:NAME`; `@FILE` and `@-`, JSON from a file or standard
 * input. Keywords (`name=value`) come last.
 *
 * @throws Failure for what cannot be read
 */
export function callArguments(
  { words, keywords = [] }: { readonly words: readonly string[]; readonly keywords?: readonly string[] },
  sources: ArgumentSources,
): unknown[] {
  const args = words.map((word) => argumentOf(word, sources));
  if (keywords.length === 0) return args;
  const named = keywords.map((text): [string, unknown] => {
    const at = text.indexOf('=');
    if (at < 1) throw usageFailure(`--kw ${text}: not name=value`);
    return [text.slice(0, at), argumentOf(text.slice(at + 1), sources)];
  });
  return [...args, kw(Object.fromEntries(named))];
}

function argumentOf(word: string, sources: ArgumentSources): unknown {
  if (word.startsWith('callback:')) return sources.callback(word.slice('callback:'.length));
  if (word.startsWith('@') && word.length > 1) return fromFile(word.slice(1));
  const held = sources.held?.(word);
  return held === undefined ? readValue(word) : held;
}

function fromFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw usageFailure(`@${path}: ${(error as Error).message}`, `A text that begins with @: '"@${path}"'`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageFailure(`@${path}: not JSON (${(error as Error).message})`);
  }
}
