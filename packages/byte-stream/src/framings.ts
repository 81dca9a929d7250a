import type { OptionKind } from './check-options.js';
import { contentLength } from './content-length.js';
import type { Framing } from './framing.js';
import { lines } from './lines.js';

/** How messages stand in the bytes: one a line, or each behind a header with its length, as language servers have it. */
export type FramingName = 'lines' | 'content-length';

const FRAMINGS: Readonly<Record<FramingName, Framing>> = { lines, 'content-length': contentLength };

/** What the option `framing` of a transport may be. */
export const FRAMING_KIND: OptionKind = [
  "'lines' or 'content-length'",
  (value) => typeof value === 'string' && Object.hasOwn(FRAMINGS, value),
];

/** The framing of that name. Default: `lines`. */
export function framingOf(name: FramingName = 'lines'): Framing {
  return FRAMINGS[name];
}
