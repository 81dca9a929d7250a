import { defineConfig } from 'vitest/config';

// Tests import the packages by name and get their sources, so a test run needs no build.
const conditions = ['@bjsonrpc/source', 'node', 'import', 'module', 'default'];

/** Their files share processes, which saves a third of their time: they neither change what the process has, nor look at all of its heap, nor wait for its collector. */
const together = [
  'packages/{protocol,byte-stream,resumable}/test/**/*.test.ts',
  'packages/transport-{memory,port,stdio,tcp,ws}/test/**/*.test.ts',
  'packages/peer/test/{by-hand,conformance,dialects,extended}/**/!(traps|kept-bytes|numbers-of-the-peer|client-replay|requests).test.ts',
];

const common = { execArgv: ['--expose-gc'], testTimeout: 20_000 };

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    silent: 'passed-only',
    maxWorkers: 3, // on two cores: most of the time most tests wait for something
    projects: [
      { extends: true, test: { ...common, name: 'together', include: together, isolate: false } },
      {
        extends: true,
        test: {
          ...common,
          name: 'apart',
          include: [
            'packages/*/test/**/*.test.ts',
            'apps/*/test/**/*.test.ts',
            'examples/test/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          exclude: together,
        },
      },
    ],
  },
});
