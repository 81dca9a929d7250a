/** Figures as tables: for the terminal, and for documentation. */
import { contenders } from '../contenders.js';
import type { Suite } from '../harness/bench.js';
import type { Figure } from '../harness/figure.js';
import { bytesText, numberText } from './number-text.js';

/** Suites whose x is a number of bytes. */
const X_IN_BYTES: ReadonlySet<string> = new Set(['size', 'streams', 'bytes']);

/** The cells of a table, its heads first. */
type Cells = readonly (readonly string[])[];

/** A suite's heading and tables. */
export function suiteText(suite: Suite, figures: readonly Figure[]): string {
  const own = figures.filter((figure) => figure.suite === suite.name);
  const body = suite.print?.(own) ?? tables(own).map(aligned).join('\n\n');
  const baseline = contenders[suite.baseline ?? 'limit'].title;
  const about = suite.print ? suite.about : `${suite.about} In brackets: the ratio to the ${baseline}.`;
  return `\n${suite.title}\n${wrapped(about, 110)}\n\n${body}\n`;
}

/** The same for Markdown, without the heading. */
export function suiteMarkdown(suite: Suite, figures: readonly Figure[]): string {
  const own = figures.filter((figure) => figure.suite === suite.name);
  if (suite.print) return `\`\`\`text\n${suite.print(own)}\n\`\`\``;
  return tables(own).map(markdown).join('\n\n');
}

/** One for each unit, or, where something grows, for each metric. */
function tables(figures: readonly Figure[]): Cells[] {
  if (figures.every((figure) => figure.x === undefined)) {
    const units = [...new Set(figures.map((figure) => figure.unit))];
    return units.map((unit) => {
      const own = figures.filter((figure) => figure.unit === unit);
      const heads = [...new Set(own.map((figure) => figure.metric))];
      return [[unit, ...heads], ...rows(own, heads, (figure) => figure.metric)];
    });
  }
  return [...new Set(figures.map((figure) => figure.metric))].map((metric) => {
    const own = figures.filter((figure) => figure.metric === metric);
    const xs = [...new Set(own.map((figure) => figure.x))];
    const heads = xs.map((x) => xText(own[0]?.suite ?? '', x));
    return [[`${metric}, ${own[0]?.unit}`, ...heads], ...rows(own, xs, (figure) => figure.x)];
  });
}

function rows<Key>(
  figures: readonly Figure[],
  keys: readonly Key[],
  keyOf: (figure: Figure) => Key,
): string[][] {
  const names = [...new Set(figures.map((figure) => figure.contender))];
  return names.map((name) => [
    contenders[name].title,
    ...keys.map((key) => {
      const figure = figures.find((each) => each.contender === name && keyOf(each) === key);
      return figure === undefined ? '–' : cell(figure);
    }),
  ]);
}

function cell({ median, ratio }: Figure): string {
  return ratio === undefined ? numberText(median) : `${numberText(median)} (${ratio.toFixed(2)})`;
}

function xText(suite: string, x: number | undefined): string {
  if (x === undefined) return '';
  return X_IN_BYTES.has(suite) ? bytesText(x) : numberText(x).replace(/\.0+$/, '');
}

/** Lines of columns: the first to the left, the others to the right. */
function aligned(lines: Cells): string {
  const columns = Math.max(...lines.map((line) => line.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((text, column) =>
          column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function markdown([heads = [], ...lines]: Cells): string {
  const rule = heads.map((_, column) => (column === 0 ? '---' : '---:'));
  return [heads, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
