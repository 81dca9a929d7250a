import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Node itself as a package, for this machine. */
const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** Packs the packages and installs them outside of this workspace, with the scenarios, and with what runs these. Gives the folder. */
export function install() {
  const folder = mkdtempSync(join(tmpdir(), 'bjsonrpc-places-'));
  const names = readdirSync(`${root}packages`).map((name) => `@bjsonrpc/${name}`);
  const npm = (args, cwd) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const workspaces = names.flatMap((name) => ['--workspace', name]);
  const packed = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...workspaces], root),
  );
  const dependencies = Object.fromEntries(packed.map(({ name, filename }) => [name, `file:${filename}`]));
  const devDependencies = {
    vitest: '^4.1.12',
    esbuild: '^0.28.2',
    jest: '^30.5.2',
    node20: `npm:${nodePackage}@20`,
    node22: `npm:${nodePackage}@22`,
    node24: `npm:${nodePackage}@24`,
    bun: '^1.4.5',
    deno: '^2.9.6',
  };
  const manifest = { private: true, type: 'module', dependencies, devDependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  cpSync(new URL('inside', import.meta.url), folder, { recursive: true });
  for (const path of ['test/scenarios', 'packages/transport-nats/test/nats-server.ts'])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  return folder;
}
