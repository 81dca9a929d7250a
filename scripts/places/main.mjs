// Packs the packages, installs them elsewhere, and runs the scenarios from there in every place that there is. Prints a table, and names what has
// failed; --write puts the table into the README. `--only Bun,Jest` runs some of the places.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { install } from './install.mjs';
import { prepareJest } from './jest.mjs';

const { values } = parseArgs({ options: { write: { type: 'boolean' }, only: { type: 'string' } } });
const folder = install();
const modules = join(folder, 'node_modules');
const output = join(folder, 'results.json');

/** The one program of a scope that was installed: the one for this machine. */
const binaryIn = (scope, path) => join(modules, scope, readdirSync(join(modules, scope))[0], path);

/** Each place, and what runs the scenarios in it. */
async function placesThere() {
  const vitest = [join(modules, 'vitest/vitest.mjs'), 'run', '--reporter=json', `--outputFile=${output}`];
  const jest = [...(await prepareJest(folder)), '--json', `--outputFile=${output}`];
  const node = (major) => join(modules, `node${major}/bin/node`);
  const bun = binaryIn('@oven', 'bin/bun');
  const deno = binaryIn('@deno', 'deno');

  return [
    ...[20, 22, 24].map((major) => ({ name: 'Node', command: node(major), args: vitest })),
    { name: 'Bun', command: bun, args: ['--bun', ...vitest] },
    { name: 'Deno', command: deno, args: ['run', '-A', '--node-modules-dir=manual', ...vitest] },
    { name: 'Jest', command: node(20), args: jest, by: 'CommonJS' },
  ];
}

/** The version of what runs a place. */
function versionOf({ name, command }) {
  if (name === 'Jest') return JSON.parse(readFileSync(join(modules, 'jest/package.json'), 'utf8')).version;
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'unknown';
}

function run(place) {
  rmSync(output, { force: true });
  // Deno's children take V8's flags from here.
  const env = { ...process.env, DENO_V8_FLAGS: '--expose-gc', NODE_OPTIONS: '' };
  const { stdout, stderr } = spawnSync(place.command, place.args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 15 * 60_000,
    maxBuffer: Infinity,
  });
  try {
    const { numPassedTests, numTotalTests, testResults } = JSON.parse(readFileSync(output, 'utf8'));
    const failed = testResults.flatMap(({ assertionResults, message, name }) =>
      assertionResults.length === 0
        ? [{ fullName: name, why: message }]
        : assertionResults
            .filter(({ status }) => status === 'failed')
            .map(({ fullName, failureMessages: [why = ''] }) => ({ fullName, why })),
    );
    return { passed: numPassedTests, total: numTotalTests, failed };
  } catch {
    return {
      passed: 0,
      total: 0,
      failed: [{ fullName: 'nothing was run', why: `${stdout}\n${stderr}`.slice(-2000) }],
    };
  }
}

try {
  const only = values.only?.split(',');
  const rows = ['| where | packages as | scenarios that pass |', '| --- | --- | --- |'];
  const complaints = [];
  for (const place of (await placesThere()).filter(({ name }) => !only || only.includes(name))) {
    const title = `${place.name} ${versionOf(place)}`;
    const { passed, total, failed } = run(place);
    rows.push(`| ${title} | ${place.by ?? 'ES modules'} | ${passed} of ${total} |`);
    console.log(rows.at(-1));
    complaints.push(
      ...failed.map(
        ({ fullName, why }) => `${title}: ${fullName}: ${why.split('\n').slice(0, 4).join('\n  ')}`,
      ),
    );
  }
  console.log(`\n${rows.join('\n')}`);
  if (complaints.length > 0) console.log(`\n${complaints.join('\n')}`);
  if (values.write) {
    const readme = fileURLToPath(new URL('../../README.md', import.meta.url));
    const table = /(<!-- places -->\n)[\s\S]*?(<!-- \/places -->)/;
    writeFileSync(readme, readFileSync(readme, 'utf8').replace(table, `$1\n${rows.join('\n')}\n\n$2`));
  }
  process.exitCode = complaints.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, maxRetries: 3 });
}
