/** Panels of horizontal bars, one below the other or side by side. */
import { CONTENT_TOP, element, OWN, PLAIN, picture, type Svg, text } from './svg.js';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What is written at its end. */
  readonly note: string;
  /** Drawn in the first colour and set in bold; the others are grey. */
  readonly own: boolean;
}

export interface BarPanel {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** A line across the bars at this value. */
  readonly mark?: number;
  /** The value of the longest possible bar, where panels are to be compared. Default: the largest of this panel. */
  readonly most?: number;
}

export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly BarPanel[];
}

const WIDTH = 880;
const MARGIN = 24;
const GAP = 28;
const ROW = 22;
/** Width of one character of a label, about. */
const CHARACTER = 6.8;
const NOTE = 66;

export function barChart({ title, subtitle, panels }: BarChart): Svg {
  const columns = Math.min(panels.length, 3);
  const width = (WIDTH - 2 * MARGIN - GAP * (columns - 1)) / columns;
  const rows = Math.max(...panels.map((panel) => panel.bars.length));
  const content = panels.map((panel, index) => {
    const x = MARGIN + (index % columns) * (width + GAP);
    const y = CONTENT_TOP + Math.floor(index / columns) * (rows * ROW + 48);
    return drawPanel(panel, { x, y, width });
  });
  const height = CONTENT_TOP + Math.ceil(panels.length / columns) * (rows * ROW + 48);
  return picture({ title, subtitle, width: WIDTH, height, content });
}

function drawPanel(
  panel: BarPanel,
  at: { readonly x: number; readonly y: number; readonly width: number },
): Svg {
  const labels = Math.max(...panel.bars.map((bar) => bar.label.length)) * CHARACTER + 8;
  const left = at.x + labels;
  const room = at.width - labels - NOTE;
  const most = panel.most ?? Math.max(panel.mark ?? 0, ...panel.bars.map((bar) => bar.value));
  const length = (value: number): number => Math.max(1, (value / most) * room);
  const top = at.y + 20;
  const bottom = top + panel.bars.length * ROW;
  const rows = panel.bars.map((bar, index) => {
    const middle = top + index * ROW + ROW / 2;
    const weight = bar.own ? 'strong' : undefined;
    return [
      text(bar.label, { x: left - 8, y: middle, 'text-anchor': 'end', class: weight }),
      element('rect', {
        x: left,
        y: middle - 7,
        width: length(bar.value),
        height: 14,
        rx: 2,
        class: `bar ${bar.own ? OWN[0] : PLAIN}`,
      }),
      text(bar.note, { x: left + length(bar.value) + 6, y: middle, class: weight ?? 'quiet' }),
    ].join('');
  });
  const mark =
    panel.mark === undefined
      ? ''
      : element('line', {
          x1: left + length(panel.mark),
          x2: left + length(panel.mark),
          y1: top,
          y2: bottom,
          class: 'mark',
        });
  return [text(panel.title, { x: at.x, y: at.y + 6, class: 'head' }), mark, ...rows].join('');
}
