// Makes the JavaScript of the package in this folder: each entry of its exports one file, what entries share in chunks, and a map of all to the
// sources. A program that loads a few files instead of a hundred has begun before the others have been found. What is for browsers is made apart,
// so that the package's own "imports" are settled here: a page with an import map knows nothing of them. Types are `tsc -b`'s.
// Where the exports have something for `require`, the same files are made once more for it, types included: Node takes the modules all the same
// ("module-sync"), so that a program has no class twice; Jest and TypeScript's "node16" want what is CommonJS.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
for (const file of readdirSync('dist', { recursive: true })) {
  if (/\.(c?js(\.map)?|d\.cts)$/.test(file)) rmSync(`dist/${file}`);
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

/** Relative names of modules, as they are written where something is imported. */
const inModules = /((?:from|require\(|import\(|import) ?)(['"])(\.{1,2}\/[^'"]+)\.js\2/g;

function rewrite(file, { as = file, without = /$^/ } = {}) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(as, text.replace(inModules, '$1$2$3.cjs$2').replace(without, ''));
}

if (Object.values(exports).some((entry) => entry.require)) {
  const files = readdirSync('dist', { recursive: true });
  const scripts = files.filter((file) => file.endsWith('.js'));
  await build({
    entryPoints: scripts.map((file) => `dist/${file}`),
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'node',
    // Jest cannot import: it requires what is loaded late, too.
    supported: { 'dynamic-import': false },
    target: 'es2022',
    sourcemap: true,
    charset: 'utf8',
    logLevel: 'warning',
  });
  for (const file of scripts) rewrite(`dist/${file.replace(/js$/, 'cjs')}`);
  for (const file of files.filter((name) => name.endsWith('.d.ts')))
    rewrite(`dist/${file}`, {
      as: `dist/${file.replace(/ts$/, 'cts')}`,
      without: /^\/\/# sourceMappingURL=.*$/m,
    });
}
