import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

// `npm run test:cluster`: long tests of the transport over NATS, one after the other, with their figures.
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['packages/transport-nats/test/cluster/*.long.ts', 'packages/transport-nats/test/torn.test.ts'],
    env: { TORN_ROUNDS: '20' },
    testTimeout: 300_000,
    maxWorkers: 1,
    silent: false,
  },
});
