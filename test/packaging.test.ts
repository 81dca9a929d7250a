import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, onTestFinished, test } from 'vitest';

// What a user gets: the built packages, as npm would publish them. `npm test` has built them before this runs.

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: { readonly [name: string]: string };
}
const packages = [...readdirSync(`${root}packages`).map((folder) => `packages/${folder}`), 'apps/cli']
  .map((folder) => root + folder)
  .map((path) => ({ path, manifest: JSON.parse(readFileSync(`${path}/package.json`, 'utf8')) as Manifest }))
  .filter(({ manifest }) => !manifest.private);

describe('what npm would publish', () => {
  test('the build, its sources and a README; no tests and no leftovers', async () => {
    const names = packages.map(({ manifest }) => manifest.name);
    const { stdout } = await run(
      'npm',
      ['pack', '--dry-run', '--json', '--ignore-scripts', ...names.flatMap((name) => ['--workspace', name])],
      { cwd: root, maxBuffer: 16 * 1024 * 1024 },
    );
    const packed = JSON.parse(stdout) as { name: string; files: { path: string }[] }[];
    expect(packed.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const { name, files } of packed) {
      const paths = files.map(({ path }) => path);
      const needed = [
        'package.json',
        'README.md',
        'LICENSE',
        'dist/index.js',
        'dist/index.d.ts',
        'src/index.ts',
      ];
      expect(paths, name).toEqual(expect.arrayContaining(needed));
      const allowed =
        /^(package\.json|README\.md|LICENSE|(dist|vectors)\/[\w./-]+\.(c?js|d\.c?ts|json|md)(\.map)?|src\/[\w./-]+\.ts|bin\/bjsonrpc\.js)$/;
      expect(
        paths.filter((path) => !allowed.test(path) || /\.tsbuildinfo$|(^|\/)test\//.test(path)),
        name,
      ).toEqual([]);
      for (const source of paths.filter((path) => /^src\/.*(?<!\.d)\.ts$/.test(path))) {
        expect(paths, `${name} is built (npm run build)`).toContain(
          source.replace(/^src\/(.*)\.ts$/, 'dist/$1.d.ts'),
        );
      }
    }
  }, 60_000);

  test.each(packages)('publint has nothing to say of $manifest.name', async ({ path }) => {
    const { messages, pkg } = await publint({ pkgDir: path, strict: true, pack: false });
    // What "browser" maps is a bundler's to map: pages that load the files unbundled know nothing of "imports".
    const others = messages.filter(({ code }) => code !== 'USE_EXPORTS_OR_IMPORTS_BROWSER');
    expect(others.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test('ws and the client of NATS, and what the command line needs, are the only dependencies from elsewhere', () => {
    const foreign = packages.flatMap(({ manifest }) =>
      Object.keys(manifest.dependencies ?? {})
        .filter((name) => !name.startsWith('@bjsonrpc/'))
        .map((name) => `${manifest.name}: ${name}`),
    );
    expect(foreign).toEqual([
      '@bjsonrpc/transport-nats: @nats-io/transport-node',
      '@bjsonrpc/transport-ws: ws',
      'bjsonrpc: commander',
      'bjsonrpc: picocolors',
    ]);
  });

  test('no type of the NATS client is in the types of its transport', () => {
    const dist = `${root}packages/transport-nats/dist`;
    const types = readdirSync(dist).filter((name) => name.endsWith('.d.ts'));
    expect(types.length).toBeGreaterThan(10);
    const naming = types.filter((name) =>
      /from '@nats-io|import\('@nats-io/.test(readFileSync(`${dist}/${name}`, 'utf8')),
    );
    expect(naming).toEqual([]);
  });
});

/** Runs a program in plain Node, from a folder that finds the packages as a user's would. */
async function runProgram(program: string): Promise<string> {
  mkdirSync(`${root}.cache`, { recursive: true });
  const folder = mkdtempSync(`${root}.cache/packaging-`);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(`${folder}/program.mjs`, program);
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: folder, env });
  return stdout;
}

describe('the built packages in plain Node', () => {
  test.each(packages)('$manifest.name can be imported, from dist', async ({ manifest: { name } }) => {
    const program = `
      const { default: none, ...names } = await import('${name}');
      console.log(JSON.stringify([import.meta.resolve('${name}'), none === undefined, Object.keys(names).length > 0]));`;
    const [resolved, hasNoDefault, hasNames] = JSON.parse(await runProgram(program)) as [
      string,
      boolean,
      boolean,
    ];
    expect(resolved).toMatch(/\/dist\/index\.js$/);
    expect([hasNoDefault, hasNames]).toEqual([true, true]);
  });

  test('a server and a client, over TCP', async () => {
    const output = await runProgram(`
      import { connect, createServer, Handler } from '@bjsonrpc/peer';
      import { tcp } from '@bjsonrpc/transport-tcp';
      class List extends Handler {
        #items = [];
        add(item) { this.#items.push(item); }
        items() { return this.#items; }
      }
      class Api extends Handler {
        newList() { return new List(); }
        async *tick(n) { for (let i = 0; i < n; i++) yield i; }
      }
      const server = await createServer(tcp({ port: 0 }), () => new Api());
      const peer = await connect(tcp({ port: server.address.port }));
      const list = await peer.call.newList();
      list.notify.add(1);
      for await (const tick of peer.pipe.tick(2)) await list.call.add(tick + 10);
      console.log(JSON.stringify(await list.call.items()));
      await peer.close();
      await server.close();`);
    expect(output).toBe('[1,10,11]\n');
  });
});
