import { type EncodeContext, withArticle } from '../encode.js';
import { UnsendableError } from '../errors.js';

/**
 * How values are written to those to whom hints mean nothing (section 13): as plain JSON, or not at all. `kindOf` says what a value
 * is that could only travel by reference.
 */
export function plainValues(
  { codec, maxDepth }: Pick<EncodeContext, 'codec' | 'maxDepth'>,
  kindOf: (value: object) => string | undefined,
): EncodeContext {
  return {
    codec,
    maxDepth,
    isPlain: true,
    classHint: asPlainJson,
    refer: (value, path) => {
      const kind = kindOf(value);
      if (kind) throw unsendable(kind, path);
      return undefined;
    },
  };
}

/** What becomes of values beyond JSON: a Date its text, most others an error. */
function asPlainJson(name: string, args: readonly unknown[], path: string): unknown {
  if (name === 'undefined' || name === 'Date') return args[0] ?? null;
  if (name === 'URL') return args[0];
  if (name === 'Number' && args[0] === '-0') return 0;
  throw unsendable(name === 'Number' ? String(args[0]) : withArticle(name), path);
}

function unsendable(what: string, path: string): UnsendableError {
  return new UnsendableError(`${what}: this dialect has plain JSON only`, path);
}
