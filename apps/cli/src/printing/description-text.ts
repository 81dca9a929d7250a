import type { Description } from '@bjsonrpc/peer';
import type { Output } from '../terminal.js';
import { printable } from './printable.js';

/** What may be called, a method a line, in order of the names; what is said of it below. */
export function descriptionText({ methods }: Description, { colors }: Output): string {
  if (methods.length === 0) return colors.dim('nothing is published');
  return [...methods]
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, parameters, doc }) => {
      const taken = parameters?.map(printable).join(', ') ?? '…';
      const told = doc?.split('\n').map((line) => `\n    ${colors.dim(printable(line))}`) ?? [];
      return `${colors.bold(printable(name))}(${taken})${told.join('')}`;
    })
    .join('\n');
}
