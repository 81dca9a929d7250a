import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from '@bjsonrpc/duplex-suite';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../../packages/transport-ws/test/chromium.ts';
import { type RunningBoard, startBoard } from '../browser/src/server/start-board.ts';
import { start } from './program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const desktop = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let browser: Browser;
let running: RunningBoard | undefined;

beforeAll(async () => {
  // `npm test` has built it.
  if (!existsSync(`${root}examples/browser/dist/page/main.js`)) {
    execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b', 'examples/browser'], {
      cwd: root,
    });
  }
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await running?.close();
  running = undefined;
});

test('is started with one command, and serves what the page needs and nothing else', async () => {
  const program = start('../browser/dist/server/main.js', { args: ['0'] });
  await program.printed('Ctrl-C');
  const url = /http:\S+/.exec(program.output)?.[0] ?? '';
  const page = await fetch(url);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const { imports } = JSON.parse(/<script type="importmap">([^<]+)/.exec(await page.text())?.[1] ?? '{}');
  const scripts = Object.values<string>(imports);
  expect(scripts.length).toBe(5);
  for (const path of [...scripts, '/page/main.js', '/style.css']) {
    expect((await fetch(new URL(path, url))).status, path).toBe(200);
  }
  for (const path of ['/package.json', '/packages/peer/package.json', '/page/..%2fserver/main.js', '/rpc']) {
    expect((await fetch(new URL(path, url))).status, path).toBe(404);
  }
  program.kill('SIGTERM');
  expect(await program.exit).toBe(0);
});

test('what one does, the others see', async () => {
  running = await startBoard({ port: 0 });
  const [ada, bob] = [await open(desktop), await open(phone)];
  await ada.waitForFunction(() => document.querySelectorAll('.people li').length === 2);
  expect(await ada.locator('.note').count()).toBe(5);

  // A note is dragged ...
  const note = ada.locator('.note').first();
  const id = await note.getAttribute('id');
  const before = await note.boundingBox();
  if (!before) throw new Error('no note to be seen');
  await ada.mouse.move(before.x + 60, before.y + 100);
  await ada.mouse.down();
  await ada.mouse.move(before.x + 260, before.y + 200, { steps: 8 });
  await ada.mouse.up();
  const place = (page: Page): Promise<string[]> =>
    page
      .locator(`#${id}`)
      .evaluate(({ style }) => [style.getPropertyValue('--x'), style.getPropertyValue('--y')]);
  const [x = '', y = ''] = await place(ada);
  expect(Number(x)).toBeCloseTo(0.08 + 200 / (1280 - before.width), 1);
  await bob.waitForFunction(
    ([id, x]) => document.getElementById(id ?? '')?.style.getPropertyValue('--x') === x,
    [id, x] as const,
  );
  expect(await place(bob)).toEqual([x, y]);

  // ... a new one is written ...
  await bob.locator('[data-color=rose]').last().tap();
  await bob.locator('.add').tap();
  await bob.waitForSelector('textarea:focus');
  await bob.keyboard.type('Grüße 👋');
  await ada.waitForFunction(() =>
    [...document.querySelectorAll('textarea')].some((text) => text.value === 'Grüße 👋'),
  );
  // ... and removed.
  await ada.locator('.note').last().getByRole('button').click();
  await bob.waitForFunction(() => document.querySelectorAll('.note').length === 5);

  // Pointers, and the line of the stream.
  await ada.mouse.move(400, 400);
  await ada.mouse.move(420, 410, { steps: 4 });
  await bob.waitForSelector('.pointer');
  await ada.waitForFunction(
    () => (document.querySelector('.line')?.getAttribute('d') ?? '').split('L').length > 3,
  );
  for (const page of [ada, bob]) {
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  }
});

test('in a tunnel the board goes on, with a banner, and nothing is lost', { timeout: 40_000 }, async () => {
  running = await startBoard({ port: 0 });
  const { board, peers } = running;
  const [page, other] = [await open(phone), await open(desktop)];
  const sessions = new Set(peers.connections);
  const [note, second] = board.notes;
  await page.locator('.status').tap();
  await page.waitForSelector('.banner:not([hidden])');
  expect(await page.locator('.board').getAttribute('inert')).toBe(null);
  await page.locator('.note').first().locator('textarea').tap();
  await page.keyboard.type('Written in the tunnel.');
  await page.locator('.add').tap();
  second?.write('changed meanwhile');
  expect(note?.state.text).not.toContain('tunnel');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.waitForSelector('.status[data-state=connected]', { timeout: 15_000 });
  expect(await page.locator('.banner').isHidden()).toBe(true);
  await until('what was written', () => note?.state.text.includes('Written in the tunnel.') === true);
  for (const one of [page, other]) {
    await one.waitForFunction(() => document.querySelectorAll('.note').length === 6);
    await one.waitForFunction(() =>
      [...document.querySelectorAll('textarea')].some(({ value }) => value === 'changed meanwhile'),
    );
  }
  expect(new Set(peers.connections)).toEqual(sessions); // still the same peers
});

test('a lost session is shown, and everything comes back', async () => {
  running = await startBoard({ port: 0 });
  const { board, url } = running;
  const page = await open(desktop);
  // The server itself goes away for a while.
  await running.close();
  await page.waitForSelector('.status[data-state=waiting]');
  expect(await page.locator('.board').getAttribute('inert')).toBe('');
  expect(await page.locator('.note').count()).toBe(5);
  const [note] = board.notes;
  note?.write('changed meanwhile');
  running = await startBoard({ port: Number(new URL(url).port), board });
  await page.locator('.status').click();
  await page.waitForSelector('.status[data-state=connected]');
  await page.waitForFunction(
    () => [...document.querySelectorAll('textarea')][0]?.value === 'changed meanwhile',
  );
  expect(await page.locator('.note').count()).toBe(5);
  await page.locator('.note').first().locator('textarea').click();
  await page.keyboard.type('!');
  await until('the change', () => note?.state.text.endsWith('!') === true);
});

test('who closes the page has left, and is not waited for', async () => {
  running = await startBoard({ port: 0 });
  const { peers } = running;
  const [page, other] = [await open(desktop), await open(desktop)];
  await other.waitForFunction(() => document.querySelectorAll('.people li').length === 2);
  await page.close({ runBeforeUnload: true }); // `goto` would only freeze it, in the back/forward cache
  await other.waitForFunction(() => document.querySelectorAll('.people li').length === 1);
  await until('one is left', () => peers.connections.size === 1);
});

async function open(options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(running?.url ?? '');
  await page.waitForSelector('.status[data-state=connected]');
  return page;
}
