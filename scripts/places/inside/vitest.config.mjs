import { defineConfig } from 'vitest/config';

// Node's own way to find packages: what is tested is what was packed.
export default defineConfig({
  test: {
    include: ['test/scenarios/**/*.test.ts'],
    setupFiles: ['./collect-garbage.mjs'],
    execArgv: process.versions.bun || process.versions.deno ? [] : ['--expose-gc'],
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
