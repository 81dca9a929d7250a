import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Makes CommonJS of the scenarios, with the packages required, and gives the arguments that run them in Jest. */
export async function prepareJest(folder) {
  const { build } = await import(pathToFileURL(join(folder, 'node_modules/esbuild/lib/main.js')).href);
  const scenarios = readdirSync(join(folder, 'test/scenarios')).filter((name) => name.endsWith('.test.ts'));
  await build({
    entryPoints: scenarios.map((name) => join(folder, 'test/scenarios', name)),
    outdir: join(folder, 'jest'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The suite's own `until` is all that is used of it, and imports vitest.
    alias: {
      vitest: join(folder, 'vitest-for-jest.cjs'),
      '@bjsonrpc/duplex-suite': join(folder, 'node_modules/@bjsonrpc/duplex-suite/src/until.ts'),
    },
    external: ['@bjsonrpc/*', '@jest/globals'],
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'jest/package.json'), '{ "type": "commonjs" }');
  const config = {
    rootDir: join(folder, 'jest'),
    testMatch: ['**/*.test.js'],
    transform: {},
    testTimeout: 60_000,
  };
  writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(config));
  const cli = join(folder, 'node_modules/jest/bin/jest.js');
  return ['--expose-gc', cli, '--config', join(folder, 'jest.config.json'), '--maxWorkers=2', '--silent'];
}
