/** The benchmark program: `npm run bench`. See the usage in arguments.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { readArguments, usage } from './arguments.js';
import { drawCharts } from './charts/draw-charts.js';
import { Bench } from './harness/bench.js';
import type { Figure } from './harness/figure.js';
import { withFigures } from './report/in-document.js';
import { describeMachine, machineText } from './report/machine.js';
import { type Report, readReport, writeReport } from './report/report.js';
import { suiteText } from './report/table.js';
import { suites } from './suites.js';

type Arguments = ReturnType<typeof readArguments>;

async function measure({ effort, only, contenders }: Arguments): Promise<Report> {
  const start = performance.now();
  const bench = new Bench(effort, contenders);
  const machine = describeMachine();
  console.log(machineText(machine));
  const figures: Figure[] = [];
  try {
    for (const suite of suites) {
      if (only && !only.has(suite.name)) continue;
      const found = await suite.run(bench);
      figures.push(...found);
      console.log(suiteText(suite, found));
    }
  } finally {
    await bench.end();
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  return {
    version: 1,
    date: new Date().toISOString(),
    effort: effort.name,
    seconds,
    machine,
    figures,
    failures: bench.failures,
  };
}

async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  if (args.help) {
    console.log(usage);
    return;
  }
  const report = args.from === undefined ? await measure(args) : readReport(args.from);
  if (args.json !== undefined) writeReport(args.json, report);
  if (args.charts !== undefined) for (const file of drawCharts(report, args.charts)) console.log(file);
  if (args.document !== undefined)
    writeFileSync(args.document, withFigures(readFileSync(args.document, 'utf8'), report));
  if (args.from === undefined) console.log(`${report.seconds} seconds`);
  if (report.failures.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
