/** Figures where a document wants them: between `<!-- figures: SUITE -->` and `<!-- /figures -->`. */
import { suites } from '../suites.js';
import { machineText } from './machine.js';
import type { Report } from './report.js';
import { suiteMarkdown } from './table.js';

const PLACE = /(<!-- figures: (\S+) -->).*?(<!-- \/figures -->)/gs;

/**
 * The document with the figures of a report in it, and, where it asks for `run`, when and where they were measured.
 *
 * @throws Error for a suite that there is not
 */
export function withFigures(document: string, report: Report): string {
  return document.replace(PLACE, (_, begin: string, name: string, end: string) => {
    return `${begin}\n\n${figuresOf(name, report)}\n\n${end}`;
  });
}

function figuresOf(name: string, report: Report): string {
  if (name === 'run') return runText(report);
  const suite = suites.find((each) => each.name === name);
  if (suite === undefined)
    throw new Error(`The document asks for figures of ${name}: there is no such suite`);
  return suiteMarkdown(suite, report.figures);
}

function runText({ date, machine, seconds }: Report): string {
  const minutes = Math.round(seconds / 60);
  return `Measured on ${date.slice(0, 10)}, in one run of ${minutes} minutes: ${machineText(machine)}.`;
}
