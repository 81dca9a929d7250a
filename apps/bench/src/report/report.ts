/** The JSON file of a run: what the charts are drawn from. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Failure } from '../harness/bench.js';
import type { Effort } from '../harness/effort.js';
import type { Figure } from '../harness/figure.js';
import type { Machine } from './machine.js';

export interface Report {
  readonly version: 1;
  readonly date: string;
  readonly effort: Effort['name'];
  readonly seconds: number;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
  readonly failures: readonly Failure[];
}

export function writeReport(file: string, report: Report): void {
  // One figure a line: readable, and a diff shows what changed.
  const { figures, ...rest } = report;
  const lines = figures.map((figure) => `    ${JSON.stringify(figure, shortened)}`).join(',\n');
  writeFileSync(file, `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "figures": [\n${lines}\n  ]\n}\n`);
}

/** @throws when the file is none of ours */
export function readReport(file: string): Report {
  const report: Report = JSON.parse(readFileSync(file, 'utf8'));
  if (report.version !== 1 || !Array.isArray(report.figures))
    throw new Error(`${file} is no report of this bench`);
  return report;
}

/** Five digits are more than a noisy machine can tell. */
function shortened(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
