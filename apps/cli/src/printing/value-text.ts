import { inspect } from 'node:util';
import type { Output } from '../terminal.js';
import { jsonOf } from './json-of.js';
import { printable } from './printable.js';

/** How results are written: as JSON, for programs; as a person reads them; or texts as they are and all else as JSON. */
export type Style = 'json' | 'readable' | 'raw';

/** What was asked for; without that, a person at a terminal gets it readable, and a pipe gets JSON. */
export function styleOf(
  { json = false, raw = false }: { readonly json?: boolean; readonly raw?: boolean },
  out: Output,
): Style {
  if (raw) return 'raw';
  return json || !out.isTerminal ? 'json' : 'readable';
}

/** A value that arrived, as it is written to that output. */
export function valueText(
  value: unknown,
  { style, out }: { readonly style: Style; readonly out: Output },
): string {
  if (style === 'raw' && typeof value === 'string') return out.isTerminal ? printableLines(value) : value;
  if (style !== 'readable') return jsonOf(value);
  return inspect(value, {
    colors: out.colors.isColorSupported,
    depth: null,
    maxArrayLength: 1000,
    maxStringLength: 100_000,
    breakLength: out.columns ?? 80,
    compact: 3,
  });
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
