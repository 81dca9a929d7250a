import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../../transport-ws/test/chromium.ts';
import type { tested as Tested } from './page/main.ts';

declare const tested: typeof Tested;

let browser: Browser;
let page: Page;
let otherSide: string;

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`page/${file}`, import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@bjsonrpc/source'],
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** The app is one origin, what it embeds another. Nothing goes over a network. */
beforeAll(async () => {
  const [main, other] = await Promise.all([bundle('main.ts'), bundle('other-side.ts')]);
  otherSide = other;
  browser = await launchChromium();
  const context = await browser.newContext();
  await context.route('**/*', (route) => {
    const { hostname, pathname } = new URL(route.request().url());
    const script = hostname === 'app.test' ? main : other;
    if (pathname === '/script.js')
      return route.fulfill({
        contentType: 'text/javascript',
        body: script,
        headers: { 'access-control-allow-origin': '*' },
      });
    return route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><body></body><script type="module" src="/script.js"></script>`,
    });
  });
  page = await context.newPage();
  await page.goto('https://app.test/');
  await page.waitForFunction('globalThis.tested');
}, 60_000);
afterAll(() => browser.close());

test('a worker calls and is called, with bytes whose memory goes over; its port can be dialled again', async () => {
  // The program's own bytes stay: a peer has sent a copy, and given that away.
  expect(await page.evaluate((code) => tested.worker(code), otherSide)).toBe(
    '500000 100000 10,20 https://app.test',
  );
});

test('a worker that cannot begin fails the dial at once', async () => {
  expect(await page.evaluate(() => tested.brokenWorker())).toMatch(/Cannot connect: .*no such thing/);
});

describe('an iframe', () => {
  test('of the origin that was said calls and is called', async () => {
    const outcome = page.evaluate(() =>
      tested.iframe('https://frame.test/', { origin: 'https://frame.test' }),
    );
    expect(await outcome).toBe('1000 1,2 https://frame.test');
  });

  test('of another origin is told nothing, and not heard', async () => {
    const outcome = page.evaluate(() =>
      tested.iframe('https://evil.test/', { origin: 'https://frame.test' }),
    );
    expect(await outcome).toContain(
      'nobody has answered within 1000 ms. A page of https://evil.test is there',
    );
    const own = page.evaluate(() => tested.iframe('https://frame.test/', {}));
    expect(await own).toContain('A page of https://frame.test is there, and not of https://app.test');
  });

  test('in a sandbox has no origin, and that is said', async () => {
    const sandbox = 'allow-scripts';
    const outcome = page.evaluate(
      (sandbox) => tested.iframe('https://frame.test/', { origin: 'null', sandbox }),
      sandbox,
    );
    expect(await outcome).toBe('1000 1,2 null');
  });

  test('that is loaded again is served again, in place of the one before', async () => {
    const outcome = await page.evaluate(() => tested.reload('https://frame.test/', 'https://frame.test'));
    expect(outcome).toEqual(['?dials', '?dials&again', '1']);
  });

  test('of another origin that calls is refused, and the listener hears of it', async () => {
    const outcome = page.evaluate(() => tested.refused('https://evil.test/', 'https://frame.test'));
    expect(await outcome).toBe(
      'A page of https://evil.test is there, and not of https://frame.test (https://evil.test)',
    );
  });

  test('a page that is in no other is told that it has no parent', async () => {
    expect(await page.evaluate(() => tested.ownWindow())).toContain('has no parent');
  });
});
