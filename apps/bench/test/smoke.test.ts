/** The whole program once, with tiny counts: whether it runs and what it leaves behind, not how fast anything is. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Figure } from '../src/harness/figure.js';
import { type Report, readReport } from '../src/report/report.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bjsonrpc-bench-'));
const json = join(folder, 'figures.json');
const charts = join(folder, 'charts');
let output = '';
let report: Report;

beforeAll(async () => {
  if (!existsSync(main)) throw new Error('the bench measures what is built: run `npm run build` first');
  const suites = 'original,peers,wire,objects,pipelining';
  const options = ['--smoke', '--only', suites, '--contenders', 'bjsonrpc-tcp,bjsonrpc-memory,capnweb'];
  const files = ['--json', json, '--charts', charts];
  const run = await promisify(execFile)(process.execPath, [main, ...options, ...files], { timeout: 60_000 });
  output = run.stdout;
  report = readReport(json);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function figure(suite: string, contender: string, metric: string): Figure {
  const found = report.figures.find(
    (each) => each.suite === suite && each.contender === contender && each.metric === metric,
  );
  if (found === undefined) throw new Error(`no figure ${suite} ${contender} ${metric}`);
  return found;
}

test('nothing failed, and every figure is a number with a unit', () => {
  expect(report.failures).toEqual([]);
  for (const each of report.figures) {
    expect(each.unit, each.metric).not.toBe('');
    expect(each.rounds.length, each.metric).toBeGreaterThan(0);
    expect(each.rounds.every(Number.isFinite), `${each.suite} ${each.contender} ${each.metric}`).toBe(true);
  }
});

test('the machine and the versions are on record', () => {
  expect(report.machine.node).toBe(process.versions.node);
  expect(report.machine.libraries.capnweb).toMatch(/^\d+\.\d+/);
});

test("the original's benchmark prints as the original does", () => {
  expect(output).toMatch(/bjsonrpc, tcp\n\s+Notify Total: \d+\.\d\ds {2}\d+ reg\/s {2}\d+\.\d bytes each\n/);
  expect(output).toMatch(/bjsonrpc, memory\n\s+Notify Total: .*\n\s+Method Total: .*\n\s+Call Total: /);
});

test('the limit is the baseline, and the others are ratios to it', () => {
  for (const metric of ['call', 'method', 'notify']) {
    expect(figure('peers', 'limit', metric).ratio).toBeUndefined();
    expect(figure('peers', 'capnweb', metric).ratio).toBeGreaterThan(0);
    // A very wide margin: a slip that makes a call many times slower, not a busy machine.
    expect(figure('peers', 'bjsonrpc-tcp', metric).ratio).toBeGreaterThan(0.05);
  }
});

test('a small call sends no more than the hand-written loop, in one message each way', () => {
  for (const metric of ['call', 'method', 'notify']) {
    expect(figure('wire', 'bjsonrpc-tcp', metric).ratio).toBeLessThan(1.05);
  }
});

test('a held object costs heap on both sides, and no blunder of it', () => {
  // So few objects as here are lost in the noise of the heap: the figures of a real run are ten times smaller.
  for (const side of ['server', 'client']) {
    expect(figure('objects', 'bjsonrpc-tcp', side).median).toBeLessThan(16 * 1024);
  }
});

test('the charts are drawn from the figures', () => {
  const files = readdirSync(charts);
  expect(files).toContain('side-by-side.svg');
  expect(files).toContain('pipelining.svg');
  expect(files).not.toContain('connections.svg'); // that suite did not run
  for (const file of files) {
    const svg = readFileSync(join(charts, file), 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  }
});
