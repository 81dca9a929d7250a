import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withFigures } from '../src/report/in-document.ts';
import { readReport } from '../src/report/report.ts';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));
const report = readReport(`${docs}charts/figures.json`);

test('the tables of docs/performance.md are of the figures that its charts are drawn from', () => {
  const page = readFileSync(`${docs}performance.md`, 'utf8');
  expect(withFigures(page, report)).toBe(page);
  expect(page.match(/<!-- figures: /g)?.length).toBeGreaterThan(15);
});

test('figures take the place of those before them, and nothing around it', () => {
  const page = 'a\n<!-- figures: cold -->old<!-- /figures -->\nb';
  const cold = { suite: 'cold', contender: 'limit', metric: 'notify', unit: '1/s', rounds: [2], median: 2 };
  expect(withFigures(page, { ...report, figures: [cold] as never })).toBe(
    'a\n<!-- figures: cold -->\n\n| 1/s | notify |\n| --- | ---: |\n| hand-written limit | 2.00 |\n\n<!-- /figures -->\nb',
  );
});

test('a document that asks for what is not measured is told so', () => {
  expect(() => withFigures('<!-- figures: colour --><!-- /figures -->', report)).toThrow('no such suite');
});
