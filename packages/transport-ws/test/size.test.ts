import { expect, test } from 'vitest';
import { bundleForBrowser } from './bundle.ts';

const page = `
  import { connect, Handler, kw } from '@bjsonrpc/peer';
  import { ws } from '@bjsonrpc/transport-ws';
  export { connect, Handler, kw, ws };`;

/** What it is today and a little room. The aim is 10,000: only ever lower this. */
const MAX_BYTES = 20_800;

test('what a page loads does not grow, minified and gzipped', async () => {
  const { gzippedBytes, minifiedBytes, modules } = await bundleForBrowser(page);
  const largest = modules.slice(0, 10).map(({ path, bytes }) => `${path} ${bytes}`);
  console.info(`peer + protocol + transport-ws: ${minifiedBytes} bytes minified, ${gzippedBytes} gzipped`);
  expect(gzippedBytes, `The largest, minified:\n${largest.join('\n')}\n`).toBeLessThan(MAX_BYTES);
});

test('a page never loads the ws package, nor anything of Node', async () => {
  const { text, modules } = await bundleForBrowser(page);
  expect(modules.map(({ path }) => path).filter((path) => path.includes('node_modules'))).toEqual([]);
  expect(modules.some(({ path }) => path.endsWith('transport-ws/src/platform-duplex.ts'))).toBe(true);
  expect(text).not.toMatch(/node:|Sec-WebSocket|require\(/);
});

for (const condition of ['browser', 'deno', 'bun', 'default']) {
  test(`the package's ${condition} entry leads to the platform's WebSocket`, async () => {
    const { exports } = await import('../package.json', { with: { type: 'json' } }).then(
      (json) => json.default,
    );
    const entry: unknown = (exports['.'] as Record<string, unknown>)[condition];
    expect(JSON.stringify(entry)).toContain('platform.js');
  });
}
