import { jsonOf } from '../printing/json-of.js';
import { printable } from '../printing/printable.js';
import { type Style, valueText } from '../printing/value-text.js';
import type { Output } from '../terminal.js';

/** Makes functions for the other side to call: each prints its name and what it is called with, and gives nothing. */
export function callbackPrinter(out: Output, style: Style): (name: string) => (...args: unknown[]) => void {
  return (name) =>
    (...args) =>
      void out.line(
        style === 'readable'
          ? `${out.colors.magenta(printable(name))}(${args.map((arg) => valueText(arg, { style, out })).join(', ')})`
          : `{"callback":${jsonOf(name)},"args":${jsonOf(args)}}`,
      );
}
