import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Starts a headless Chromium with a fresh profile, which talks to nobody but the pages that it is shown. */
export function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no ${executablePath}. Install it (apt-get install chromium) to run the browser tests.`,
    );
  }
  return chromium.launch({
    executablePath,
    timeout: 20_000,
    ignoreDefaultArgs: ['--disable-back-forward-cache'], // as users have it
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
