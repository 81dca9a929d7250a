// The browser tests need a Chromium. Where Debian's can be installed, it is; where not, this says what is missing, and
// the tests themselves fail and say so again.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const chromium = '/usr/bin/chromium';

if (!existsSync(chromium)) {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing Debian's chromium for the browser tests ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
      const { status, stderr } = spawnSync('apt-get', ['-qq', ...args], {
        env,
        encoding: 'utf8',
        timeout: 300_000,
      });
      if (status !== 0) console.error(`apt-get ${args[0]} failed: ${stderr?.trim()}`);
    }
  }
  if (!existsSync(chromium)) {
    console.error(
      `There is no ${chromium}: the browser tests will fail. To install it: apt-get install chromium (as root)`,
    );
  }
}
