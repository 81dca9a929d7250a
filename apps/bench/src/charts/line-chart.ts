/** Panels of lines over logarithmic axes. */
import { CONTENT_TOP, colour, element, OWN, PLAIN, picture, type Svg, text } from './svg.js';

export interface Line {
  readonly label: string;
  /** Drawn in the first colour, above the others. */
  readonly own: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LinePanel {
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly xLabel: string;
  /** A value of x as people say it. */
  readonly xText: (x: number) => string;
  readonly panels: readonly LinePanel[];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Scale = (value: number) => number;

const WIDTH = 880;
const MARGIN = 24;
const AXIS = 52;
const GAP = 30;
const PLOT_HEIGHT = 240;
const LEGEND_ROW = 20;
/** What the others are compared with: drawn in grey. */
const BASELINE = 'hand-written limit';

export function lineChart(chart: LineChart): Svg {
  const columns = chart.panels.length;
  const width = (WIDTH - 2 * MARGIN - GAP * (columns - 1)) / columns;
  const keys = legend(chart);
  const top = CONTENT_TOP + keys.height + 50;
  const content = chart.panels.map((panel, index) =>
    drawPanel(panel, chart, {
      x: MARGIN + index * (width + GAP) + AXIS,
      y: top,
      width: width - AXIS,
      height: PLOT_HEIGHT,
    }),
  );
  const { title, subtitle } = chart;
  return picture({
    title,
    subtitle,
    width: WIDTH,
    height: top + PLOT_HEIGHT + 58,
    content: [keys.content, ...content],
  });
}

function drawPanel(panel: LinePanel, chart: LineChart, box: Box): Svg {
  const points = panel.lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
  const ys = points.map((point) => point.y);
  const decades = ticks(Math.min(...ys), Math.max(...ys));
  const x = logScale(xs[0] ?? 1, xs.at(-1) ?? 10, [box.x, box.x + box.width]);
  const y = logScale(decades[0] ?? 1, decades.at(-1) ?? 10, [box.y + box.height, box.y]);
  const rules = decades.flatMap((value) => [
    element('line', { x1: box.x, x2: box.x + box.width, y1: y(value), y2: y(value), class: 'rule' }),
    text(short(value), { x: box.x - 8, y: y(value), 'text-anchor': 'end', class: 'quiet' }),
  ]);
  const labels = xs.map((value) =>
    text(chart.xText(value), {
      x: x(value),
      y: box.y + box.height + 16,
      'text-anchor': 'middle',
      class: 'quiet',
    }),
  );
  const colours = coloursOf(chart);
  const lines = [...panel.lines]
    .sort((a, b) => Number(a.own) - Number(b.own))
    .map((line) => drawLine(line, colours.get(line.label) ?? PLAIN, x, y));
  return [
    text(panel.title, { x: box.x - AXIS, y: box.y - 20, class: 'head' }),
    ...rules,
    ...labels,
    text(chart.xLabel, {
      x: box.x + box.width / 2,
      y: box.y + box.height + 38,
      'text-anchor': 'middle',
      class: 'quiet',
    }),
    ...lines,
  ].join('');
}

function drawLine(line: Line, name: string, x: Scale, y: Scale): Svg {
  const path = line.points.map(
    (point, index) => `${index === 0 ? 'M' : 'L'}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`,
  );
  const dots = line.points.map((point) =>
    element('circle', { cx: x(point.x), cy: y(point.y), r: line.own ? 3.5 : 2.5 }),
  );
  return element(
    'g',
    { class: name },
    element('path', { d: path.join(''), class: 'line' }),
    element('g', { class: 'dot' }, ...dots),
  );
}

function legend(chart: LineChart): { readonly content: Svg; readonly height: number } {
  let x = MARGIN;
  let y = CONTENT_TOP + 6;
  const entries = [...coloursOf(chart)].map(([label, name]) => {
    const width = 44 + label.length * 6.6;
    if (x + width > WIDTH - MARGIN) {
      x = MARGIN;
      y += LEGEND_ROW;
    }
    const entry = [
      element('rect', { x, y: y - 5, width: 14, height: 10, rx: 2, class: `bar ${name}` }),
      text(label, { x: x + 20, y, class: OWN.includes(name) ? 'strong' : undefined }),
    ].join('');
    x += width;
    return entry;
  });
  return { content: entries.join(''), height: y - CONTENT_TOP };
}

/** Every line's colour: our own first, then in the order of the tables. */
function coloursOf(chart: LineChart): Map<string, string> {
  const lines = chart.panels.flatMap((panel) => panel.lines);
  const own = new Set(lines.filter((line) => line.own).map((line) => line.label));
  const others = new Set(
    lines.filter((line) => !line.own && line.label !== BASELINE).map((line) => line.label),
  );
  return new Map([
    ...[...own].map((label, index) => [label, OWN[index % OWN.length] ?? PLAIN] as const),
    ...(lines.some((line) => line.label === BASELINE) ? [[BASELINE, PLAIN] as const] : []),
    ...[...others].map((label, index) => [label, colour(index)] as const),
  ]);
}

function logScale(from: number, to: number, range: readonly [number, number]): Scale {
  const [start, end] = range;
  const span = Math.log(to / from) || 1;
  return (value) => start + (Math.log(value / from) / span) * (end - start);
}

/** 1, 10, 100 … around the values; with 2 and 5 between them where they are few. */
function ticks(least: number, most: number): number[] {
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    for (const step of [1, 2, 5]) values.push(step * 10 ** power);
  }
  const first = values.findLastIndex((value) => value <= least);
  const last = values.findIndex((value) => value >= most);
  const fine = values.slice(Math.max(0, first), last + 1);
  if (fine.length <= 7) return fine;
  return fine.filter(
    (value, index) => index === 0 || index === fine.length - 1 || Number.isInteger(Math.log10(value)),
  );
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  if (value >= 1000) return `${value / 1000}k`;
  return String(Number(value.toPrecision(3)));
}
