// Makes the JavaScript of the package in this folder: each entry of its exports and imports one file, what entries share in chunks, and a map of all
// to the sources. A program that loads a few files instead of a hundred has begun before the others have been found. Types are `tsc -b`'s.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

/** The values of a condition, however deep. */
function* under(condition, conditions) {
  for (const [key, value] of Object.entries(conditions)) {
    if (key === condition) yield value;
    else if (typeof value === 'object') yield* under(condition, value);
  }
}

const { exports, imports = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
for (const file of readdirSync('dist')) {
  if (/\.js(\.map)?$/.test(file)) rmSync(`dist/${file}`);
}
await build({
  entryPoints: [...new Set(under('@bjsonrpc/source', { exports, imports }))],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  packages: 'external',
  external: ['node:*', '#*'],
  sourcemap: true,
  charset: 'utf8',
  logLevel: 'warning',
});
