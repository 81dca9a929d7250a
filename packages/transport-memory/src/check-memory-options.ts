import type { MemoryOptions } from './memory-options.js';

type Kind = readonly [what: string, isIt: (value: unknown) => boolean];

const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0;
const AMOUNT: Kind = ['a number, 0 or more', isAmount];

const KINDS: Readonly<Record<keyof MemoryOptions, Kind>> = {
  seed: ['a number', (value) => typeof value === 'number' && !Number.isNaN(value)],
  latencyMs: AMOUNT,
  jitterMs: AMOUNT,
  split: ['a probability, 0 to 1', (value) => isAmount(value) && Number(value) <= 1],
  cutAfter: [
    'a number, or a pair [least, most]',
    (value) => isAmount(value) || (Array.isArray(value) && value.length === 2 && value.every(isAmount)),
  ],
  clock: ['a clock', (value) => typeof value === 'object' && value !== null],
  maxMessageBytes: AMOUNT,
  carriesBytes: ['true or false', (value) => typeof value === 'boolean'],
  maxBuffered: AMOUNT,
};

/** @throws TypeError for an option that there is not, or of the wrong kind */
export function checkMemoryOptions(options: MemoryOptions): void {
  const kinds = new Map<string, Kind>(Object.entries(KINDS));
  for (const [name, value] of Object.entries(options)) {
    const kind = kinds.get(name);
    if (kind === undefined)
      throw new TypeError(
        `memory(): there is no option '${name}'; there are ${[...kinds.keys()].join(', ')}`,
      );
    if (value !== undefined && !kind[1](value)) throw new TypeError(`memory(): ${name} must be ${kind[0]}`);
  }
}
