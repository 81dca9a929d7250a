// The tests of the transport over NATS need its server. Where Debian's can be installed, it is; where not, this says what is
// missing, and the tests themselves fail and say so again.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const isThere = () =>
  ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/usr/bin', ...(process.env.PATH ?? '').split(':')].some(
    (folder) => existsSync(`${folder}/nats-server`),
  );

if (!isThere()) {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing Debian's nats-server for the tests over NATS ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'nats-server']]) {
      const { status, stderr } = spawnSync('apt-get', ['-qq', ...args], {
        env,
        encoding: 'utf8',
        timeout: 300_000,
      });
      if (status !== 0) console.error(`apt-get ${args[0]} failed: ${stderr?.trim()}`);
    }
  }
  if (!isThere()) {
    console.error(
      'There is no nats-server: the tests over NATS will fail. To install it: apt-get install nats-server (as root)',
    );
  }
}
