import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../../packages/transport-ws/test/chromium.ts';
import { start } from './program.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
}, 120_000);
afterAll(() => browser?.close());

test('the story of the to-do service: an instance is killed, and its user goes on with another', async () => {
  const program = start('../browser/dist/todo/main.js', { args: ['--show'] });
  expect(await program.exit, program.output).toBe(0);
  expect(program.output).toMatch(/killed instance (one|two|three)\nadded salt after \d+ ms/);
  expect(program.output).toContain('milk, bread, salt, pepper');
});

test('its page, while the instance that serves it is killed', async () => {
  const program = start('../browser/dist/todo/main.js', { args: ['--port', '0'] });
  await program.printed('instance three');
  const page = await browser.newPage();
  await page.goto(/http:\S+/.exec(program.output)?.[0] ?? '');
  const add = async (text: string): Promise<void> => {
    await page.locator('input').fill(text);
    await page.locator('button').click();
    await page.locator('li', { hasText: text }).waitFor();
  };
  const serving = async (): Promise<string> => {
    await page.waitForFunction(() => document.querySelector('output')?.value.startsWith('instance '));
    return page.locator('output').innerText();
  };
  await add('milk');
  const before = await serving();
  const pid = Number(new RegExp(`${before}: process (\\d+)`).exec(program.output)?.[1]);
  process.kill(pid, 'SIGKILL');
  await add('bread');
  expect(await serving()).not.toBe(before);
  expect(await page.locator('li').allInnerTexts()).toEqual(['milk', 'bread']);
  program.kill('SIGTERM');
  expect(await program.exit, program.output).toBe(0);
});
