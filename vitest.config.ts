import { defineConfig } from 'vitest/config';

// Tests import the packages by name and get their sources, so a test run needs no build.
const conditions = ['@bjsonrpc/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
      'examples/test/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    execArgv: ['--expose-gc'],
    testTimeout: 20_000,
    maxWorkers: 3, // on two cores: most of the time most tests wait for something
    silent: 'passed-only',
  },
});
