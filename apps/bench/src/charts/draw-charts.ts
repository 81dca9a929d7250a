/** Which charts there are, and which figures each is drawn from. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contenders } from '../contenders.js';
import type { Figure } from '../harness/figure.js';
import { bytesText, numberText } from '../report/number-text.js';
import type { Report } from '../report/report.js';
import { type Bar, type BarPanel, barChart } from './bar-chart.js';
import { type Line, lineChart } from './line-chart.js';
import type { Svg } from './svg.js';

/** Draws every chart for which a report has figures. @returns the files written */
export function drawCharts(report: Report, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return Object.entries(charts).flatMap(([name, draw]) => {
    const svg = draw(new Figures(report));
    if (svg === undefined) return [];
    const file = join(folder, `${name}.svg`);
    writeFileSync(file, svg);
    return [file];
  });
}

const charts: Readonly<Record<string, (figures: Figures) => Svg | undefined>> = {
  'side-by-side': (figures) => {
    const panel = (metric: string, title: string): BarPanel => ({
      title,
      bars: figures.ratios('peers', metric),
      mark: 1,
    });
    const panels = [
      panel('call', 'Calls, one after another'),
      panel('method', 'Pipelined calls'),
      panel('notify', 'Notifications'),
    ];
    return figures.barChart(
      'Small calls, as a ratio to a hand-written loop',
      panels,
      'The dashed line is the loop: JSON lines over a socket, no features.',
    );
  },
  'in-flight': (figures) =>
    figures.lineChart(
      'in-flight',
      { calls: 'Calls per second' },
      { title: 'Calls in flight', xLabel: 'calls in a burst', xText: count },
    ),
  'message-size': (figures) =>
    figures.lineChart(
      'size',
      { calls: 'Calls per second', throughput: 'MB/s, both directions' },
      {
        title: 'Message size',
        xLabel: 'bytes of JSON',
        xText: (x) => bytesText(x).replace(' ', '').replace('iB', ''),
      },
    ),
  connections: (figures) =>
    figures.lineChart(
      'connections',
      { calls: 'Calls per second', p99: 'p99 latency, ms' },
      { title: 'Busy connections, one call in flight on each', xLabel: 'connections', xText: count },
    ),
  memory: (figures) => {
    const largest = figures.largestX('objects');
    return figures.barChart(
      'What it costs to be there',
      [
        { title: 'Idle connection, server, KiB of heap', bars: figures.bars('idle', 'server') },
        { title: 'Remote object, server, bytes', bars: figures.bars('objects', 'server', largest) },
        { title: 'Remote object, client, bytes', bars: figures.bars('objects', 'client', largest) },
      ],
      `Heap after a full collection; objects with ${numberText(largest)} of them alive.`,
    );
  },
  'streams-and-callbacks': (figures) =>
    figures.barChart(
      'Streams and callbacks',
      [
        {
          title: 'Stream of small items, items/s',
          bars: figures.bars('streams', 'items', figures.smallestX('streams')),
        },
        { title: 'Stream of 64 KiB, MB/s', bars: figures.bars('streams', 'text', 65_536) },
        { title: 'Callbacks, 1/s', bars: figures.bars('callbacks', 'callbacks') },
      ],
      'The hand-written loop streams without flow control, and calls back by name.',
    ),
  bytes: (figures) =>
    figures.barChart(
      'Streams of bytes, in MB/s',
      ['memory to memory', 'file to file'].flatMap((way) =>
        [65_536, 1_048_576].map((chunk): BarPanel => {
          return { title: `${way}, ${bytesText(chunk)} a chunk`, bars: figures.bars('bytes', way, chunk) };
        }),
      ),
      'Beside sockets that do nothing else. Processes that are warm.',
    ),
  many: (figures) =>
    figures.barChart(
      'Very many idle connections',
      [
        { title: 'Resident on the server, KiB each', bars: figures.bars('many', 'resident, each') },
        { title: 'p99 of a call among them, ms', bars: figures.bars('many', 'p99 of a call') },
        { title: 'Closing all, s', bars: figures.bars('many', 'closing all') },
      ],
      `${numberText(figures.largestX('many'))} connections to one server, each with a call behind it.`,
    ),
  pipelining: (figures) =>
    figures.barChart(
      'Three references and a call, in milliseconds',
      ['awaited', 'pipelined'].flatMap((way) =>
        [0, 10, 80].map((ms): BarPanel => {
          // Both ways on one scale: that is what is to be seen.
          const most = Math.max(...figures.bars('pipelining', 'awaited', ms).map((bar) => bar.value));
          return { title: `${way}, ${ms} ms of round trip`, bars: figures.bars('pipelining', way, ms), most };
        }),
      ),
      'Awaited: each answer before the next call. Pipelined: all four sent at once.',
    ),
  start: (figures) =>
    figures.barChart(
      'Time to the first call',
      [
        {
          title: 'Milliseconds from the start of the process to the first answer',
          bars: figures.bars('start', 'first answer'),
        },
      ],
      'Node itself, loading the library, connecting, calling.',
    ),
  'beside-a-flood': (figures) =>
    figures.barChart(
      'Beside a flood',
      [
        { title: 'p50, ms', bars: figures.bars('victim', 'p50') },
        { title: 'p99, ms', bars: figures.bars('victim', 'p99') },
        { title: 'calls/s of the flood', bars: figures.bars('victim', 'flood') },
      ],
      'What one client waits for a call while another sends bursts of 10,000.',
    ),
};

/** Looks figures up, and knows what stands below every title. */
class Figures {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  bars(suite: string, metric: string, x?: number): Bar[] {
    return this.#of(suite, metric)
      .filter((figure) => x === undefined || figure.x === x)
      .map((figure) => ({ ...named(figure), value: figure.median, note: numberText(figure.median) }));
  }

  /** Without the baseline, which is 1; the best first. */
  ratios(suite: string, metric: string): Bar[] {
    return this.#of(suite, metric)
      .filter((figure) => figure.ratio !== undefined)
      .map((figure) => ({ ...named(figure), value: figure.ratio ?? 0, note: (figure.ratio ?? 0).toFixed(2) }))
      .sort((a, b) => b.value - a.value);
  }

  largestX(suite: string): number {
    return Math.max(...this.#xs(suite));
  }

  smallestX(suite: string): number {
    return Math.min(...this.#xs(suite));
  }

  #xs(suite: string): readonly number[] {
    return this.#report.figures.filter((figure) => figure.suite === suite).map((figure) => figure.x ?? 0);
  }

  barChart(title: string, panels: readonly BarPanel[], about: string): Svg | undefined {
    const full = panels.filter((panel) => panel.bars.length > 0);
    return full.length === 0 ? undefined : barChart({ title, subtitle: this.#subtitle(about), panels: full });
  }

  lineChart(
    suite: string,
    metrics: Readonly<Record<string, string>>,
    about: { readonly title: string; readonly xLabel: string; readonly xText: (x: number) => string },
  ): Svg | undefined {
    const panels = Object.entries(metrics).map(([metric, title]) => ({
      title,
      lines: this.#lines(suite, metric),
    }));
    if (panels.every((panel) => panel.lines.length === 0)) return undefined;
    return lineChart({ ...about, subtitle: this.#subtitle(''), panels });
  }

  #lines(suite: string, metric: string): Line[] {
    const figures = this.#of(suite, metric);
    return [...new Set(figures.map((figure) => figure.contender))].flatMap((contender) => {
      const own = figures.filter((figure) => figure.contender === contender);
      const [first] = own;
      if (first === undefined) return [];
      return [{ ...named(first), points: own.map((figure) => ({ x: figure.x ?? 0, y: figure.median })) }];
    });
  }

  #of(suite: string, metric: string): readonly Figure[] {
    return this.#report.figures.filter((figure) => figure.suite === suite && figure.metric === metric);
  }

  #subtitle(about: string): string {
    const { machine, date } = this.#report;
    const where = `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, loopback, ${date.slice(0, 10)}`;
    return about === '' ? where : `${about}  ${where}`;
  }
}

function named({ contender }: Figure): { readonly label: string; readonly own: boolean } {
  return { label: contenders[contender].title, own: contender.startsWith('bjsonrpc') };
}

function count(x: number): string {
  return x >= 1000 ? `${x / 1000}k` : String(x);
}
