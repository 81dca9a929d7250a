// Makes the JavaScript of the package in this folder: each entry of its exports one file, what entries share in chunks, and a map of all to the
// sources. A program that loads a few files instead of a hundred has begun before the others have been found. What is for browsers is made apart,
// so that the package's own "imports" are settled here: a page with an import map knows nothing of them. Types are `tsc -b`'s.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

/** Each source that exports name, the file that is made of it, and under which conditions. */
function* entries(exports, conditions = []) {
  const { '@bjsonrpc/source': source, ...others } = exports;
  if (source) yield { conditions, in: source, out: basename(others.default, '.js') };
  for (const [condition, value] of Object.entries(others)) {
    if (typeof value === 'object' && condition !== 'types') yield* entries(value, [...conditions, condition]);
  }
}

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
for (const file of readdirSync('dist')) {
  if (/\.js(\.map)?$/.test(file)) rmSync(`dist/${file}`);
}
for (const platform of ['browser', 'node']) {
  const entryPoints = [...entries(exports)].filter(
    ({ conditions }) => conditions.includes('browser') === (platform === 'browser'),
  );
  await build({
    entryPoints: entryPoints.map((entry) => ({ in: entry.in, out: entry.out })),
    conditions: ['@bjsonrpc/source', platform],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    packages: 'external',
    external: ['node:*'],
    sourcemap: true,
    charset: 'utf8',
    logLevel: 'warning',
  });
}
