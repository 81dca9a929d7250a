import { expect, test } from 'vitest';
import { bundleForBrowser } from './bundle.ts';
import { weights } from './weights.ts';

/** What pages import of the peer's package and what they may load for it, minified and gzipped, with the transport. */
const pages = [
  { names: 'connect, Handler, kw, currentCall, retain', maxBytes: 36700 },
  { names: 'connect, Handler, kw, currentCall, retain, Codec', maxBytes: 36900 },
] as const;

function pageOf({ names }: (typeof pages)[number]): string {
  return `
    import { ${names} } from '@bjsonrpc/peer';
    import { ws } from '@bjsonrpc/transport-ws';
    export { ${names}, ws };`;
}

test.each(pages)('{ $names }: under $maxBytes bytes', async (page) => {
  const bundle = await bundleForBrowser(pageOf(page));
  const table = weights(bundle);
  process.stdout.write(`{ ${page.names} }, in bytes:\n${table}\n`); // seen though the test passes
  expect(bundle.gzippedBytes, table).toBeLessThan(page.maxBytes);
});

test.each(pages)('{ $names }: as much of the packages as npm has them, which are bundled', async (page) => {
  const sources = await bundleForBrowser(pageOf(page));
  const packages = await bundleForBrowser(pageOf(page), { of: 'packages' });
  expect(packages.gzippedBytes).toBeLessThan(sources.gzippedBytes * 1.01); // what nobody imports is left out
});

test.each(pages)('{ $names } never loads the ws package, nor anything of Node', async (page) => {
  const { text, modules } = await bundleForBrowser(pageOf(page));
  expect(modules.map(({ path }) => path).filter((path) => path.includes('node_modules'))).toEqual([]);
  expect(modules.some(({ path }) => path.endsWith('transport-ws/src/platform-duplex.ts'))).toBe(true);
  expect(modules.filter(({ path }) => path.includes('byte-stream'))).toEqual([]);
  expect(text).not.toMatch(/node:|Sec-WebSocket|require\(/);
});

test.each([
  ['browser', 'platform.js'],
  ['default', 'platform.js'],
  ['deno', 'index.js'],
  ['bun', 'index.js'],
])("the package's %s entry leads to %s", async (condition, file) => {
  const json = await import('../package.json', { with: { type: 'json' } });
  const entries: Readonly<Record<string, unknown>> = json.default.exports['.'];
  expect(JSON.stringify(entries[condition])).toContain(`/${file}`);
});
