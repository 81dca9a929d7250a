import { expect, test } from 'vitest';
import { bundleForBrowser } from './bundle.ts';

/** What pages import of the peer's package and what they may load for it, minified and gzipped, with the transport. */
const pages = [
  // Calls both ways, objects and functions by reference, streams to read, cancellation, pipelining.
  { names: 'connect', entry: '@bjsonrpc/peer/slim', maxBytes: 10_000 },
  { names: 'connect, Handler, kw, currentCall, retain', entry: '@bjsonrpc/peer/slim', maxBytes: 10_600 },
  {
    names: 'connect, Handler, kw, currentCall, retain, Codec',
    entry: '@bjsonrpc/peer/slim',
    maxBytes: 11_700,
  },
  // All that the library has, old peers included.
  { names: 'connect, Handler, kw, currentCall, retain, Codec', entry: '@bjsonrpc/peer', maxBytes: 20_800 },
] as const;

function pageOf({ names, entry }: (typeof pages)[number]): string {
  return `
    import { ${names} } from '${entry}';
    import { ws } from '@bjsonrpc/transport-ws';
    export { ${names}, ws };`;
}

test.each(pages)('{ $names } of $entry: under $maxBytes bytes', async (page) => {
  const { gzippedBytes, minifiedBytes, modules } = await bundleForBrowser(pageOf(page));
  const largest = modules.slice(0, 10).map(({ path, bytes }) => `${path} ${bytes}`);
  console.info(`${page.entry}: ${minifiedBytes} bytes minified, ${gzippedBytes} gzipped`);
  expect(gzippedBytes, `The largest, minified:\n${largest.join('\n')}\n`).toBeLessThan(page.maxBytes);
});

test.each(pages)('{ $names } of $entry never loads the ws package, nor anything of Node', async (page) => {
  const { text, modules } = await bundleForBrowser(pageOf(page));
  expect(modules.map(({ path }) => path).filter((path) => path.includes('node_modules'))).toEqual([]);
  expect(modules.some(({ path }) => path.endsWith('transport-ws/src/platform-duplex.ts'))).toBe(true);
  expect(modules.filter(({ path }) => path.includes('byte-stream'))).toEqual([]);
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
