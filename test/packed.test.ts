import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../examples/test/program.ts';

// The packages as tarballs, outside of this workspace: what is not in them, nobody finds. `npm test` has built them.

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(`${root}packages`);
/** Outside of the workspace, whose modules would be found from within. */
const folder = mkdtempSync(join(tmpdir(), 'bjsonrpc-packed-'));
const { version } = manifestOf('peer');
const { NODE_OPTIONS: _, ...env } = process.env;

interface Manifest {
  readonly version: string;
  readonly dependencies?: { readonly [name: string]: string };
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(`${root}packages/${name}/package.json`, 'utf8')) as Manifest;
}

function tarball(name: string): string {
  return join(folder, `bjsonrpc-${name}-${version}.tgz`);
}

async function node(script: string, args: readonly string[] = []): Promise<string> {
  const { stdout } = await run(process.execPath, [...args, script], { cwd: folder, env });
  return stdout;
}

/** Compiles a program there. Gives what the compiler has to say: nothing, if all is well. */
async function compile(program: string, module: string): Promise<string> {
  const types = join(folder, 'node_modules/@types');
  symlinkSync(`${root}node_modules/@types`, types);
  const tsc = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(
    'package.json',
    'bin/tsc',
  );
  const options = ['--module', module, '--target', 'es2022', '--types', 'node', '--strict'];
  try {
    return (await run(process.execPath, [tsc, ...options, program], { cwd: folder })).stdout;
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  } finally {
    rmSync(types);
  }
}

/** TypeScript 7, and 5.9. */
const compilers = ['node_modules/typescript', 'test/strangers/node_modules/typescript'];

/** A project of one program, where there are no types of Node, nor disposables. */
function bareProject(program: string): string {
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  return JSON.stringify({ compilerOptions, files: [program] });
}

async function check(compiler: string, project: string): Promise<string> {
  const tsc = `${root}${compiler}/bin/tsc`;
  return await run(process.execPath, [tsc, '-p', project], { cwd: folder }).then(
    ({ stdout }) => stdout,
    (error) => error.stdout,
  );
}

beforeAll(async () => {
  const workspaces = names.flatMap((name) => ['--workspace', `@bjsonrpc/${name}`]);
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder, ...workspaces], { cwd: root });
  const needed = ['protocol', 'peer', 'byte-stream', 'transport-tcp'];
  const dependencies = Object.fromEntries(
    needed.map((name) => [`@bjsonrpc/${name}`, `file:${tarball(name)}`]),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
  const quietly = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...quietly], { cwd: folder });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the packed packages, with one transport', () => {
  test('run the quick start, and nothing else is installed', async () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['@bjsonrpc']);
    cpSync(`${root}examples/dist/quick-start`, join(folder, 'quick-start'), { recursive: true });
    cpSync(`${root}examples/test/other-port.mjs`, join(folder, 'other-port.mjs'));
    writeFileSync(
      join(folder, 'both.js'),
      `const { server } = await import('./quick-start/server.js');
      await import('./quick-start/client.js');
      await server.close();`,
    );
    const port = String(await freePort());
    const { stdout } = await run(process.execPath, ['--import', './other-port.mjs', 'both.js'], {
      cwd: folder,
      env: { ...env, OTHER_PORT: port },
    });
    expect(stdout).toBe('5\nhello Ada\n[ 1, 2 ]\n0\n1\n2\n[]\n');
  });

  test.each(compilers)('run the quick start as the README tells to begin: %s', async (compiler) => {
    const place = mkdtempSync(join(folder, 'begin-'));
    const readme = readFileSync(`${root}README.md`, 'utf8');
    for (const [, program, name] of readme.matchAll(/```ts\n(\/\/ (\w+\.ts)\n.*?)```/gs))
      writeFileSync(join(place, name as string), program as string);
    const [, options = ''] = /npx tsc (--init.*)\n/.exec(readme) ?? [];
    expect(readme).toContain('npm init -y && npm pkg set type=module\n');
    writeFileSync(join(place, 'package.json'), '{"type":"module"}');
    for (const words of [options.split(' '), []])
      await run(process.execPath, [`${root}${compiler}/bin/tsc`, ...words], { cwd: place });
    cpSync(`${root}examples/test/other-port.mjs`, join(place, 'other-port.mjs'));
    writeFileSync(
      join(place, 'both.js'),
      "const { server } = await import('./server.js'); await import('./client.js'); await server.close();",
    );
    const { stdout } = await run(process.execPath, ['--import', './other-port.mjs', 'both.js'], {
      cwd: place,
      env: { ...env, OTHER_PORT: String(await freePort()) },
    });
    expect(stdout).toBe('5\nhello Ada\n[ 1, 2 ]\n0\n1\n2\n[]\n');
  });

  test.each(['node16', 'nodenext'])(
    'have types for CommonJS under module: %s, all of them checked',
    async (module) => {
      const source = `
      import { connect, createServer, Handler } from '@bjsonrpc/peer';
      import { LastingClient } from '@bjsonrpc/peer/lasting';
      import { tcp } from '@bjsonrpc/transport-tcp';
      class Api extends Handler {
        add(a: number, b: number): number { return a + b; }
      }
      async function main(): Promise<void> {
        const server = await createServer(tcp({ port: 0 }), () => new Api());
        const peer = await connect<Api>(tcp({ port: server.address.port ?? 0 }));
        const sum: number = await peer.call.add(2, 3);
        // @ts-expect-error: a text is no number
        void (() => peer.call.add('2', 3));
        console.log(sum, typeof LastingClient, require.resolve('@bjsonrpc/peer').slice(-14));
        await peer.close();
        await server.close();
      }
      void main();`;
      writeFileSync(join(folder, 'program.cts'), source);
      expect(await compile('program.cts', module)).toBe('');
      // The module itself, and not a second copy of its classes.
      expect(await node('program.cjs')).toBe('5 function /dist/index.js\n');
    },
  );

  test.each(compilers)(
    'have types whose errors speak of what is wrong, and of nothing else: %s',
    async (compiler) => {
      const source = `
import { Handler, type Peer } from '@bjsonrpc/peer';
class Api extends Handler {
  add(a: number, b: number): number { return a + b; }
  each(xs: number[], tell: (x: number) => void): void { xs.forEach(tell); }
  find(id: number): string; find(name: string, exact: boolean): string; find(key: unknown, _exact?: boolean): string { return String(key); }
}
export const wrong = ({ call, notify }: Peer<Api>) => {
  call.add(1, '2');
  call.add(1);
  notify.add(1, 2, 3);
  call.each(['1'], (x) => x.toFixed());
  call.find('a');
};`;
      writeFileSync(join(folder, 'wrong.ts'), source);
      writeFileSync(join(folder, 'wrong.json'), bareProject('wrong.ts'));
      const said = await check(compiler, 'wrong.json');
      expect(said.split('\n').map((line) => line.replace(/^.*error /, ''))).toEqual([
        "TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
        'TS2554: Expected 2 arguments, but got 1.',
        'TS2554: Expected 2 arguments, but got 3.',
        "TS2322: Type 'string' is not assignable to type 'number'.",
        "TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
        '',
      ]);
      const places = [...said.matchAll(/\((\d+),(\d+)\)/g)].map(([, line, column]) => `${line}:${column}`);
      expect(places).toEqual(['9:15', '10:8', '11:20', '12:14', '13:13']);
    },
  );

  test.each(compilers)(
    'have types that compile where there are none of Node, nor disposables, all of them checked: %s',
    async (compiler) => {
      const source = `
        import { connect, createServer, Handler, type RemoteObject } from '@bjsonrpc/peer';
        import { LastingClient } from '@bjsonrpc/peer/lasting';
        import { asRemote } from '@bjsonrpc/peer/testing';
        class Room extends Handler { lines(): string[] { return []; } }
        class Api extends Handler { room(): Room { return new Room(); } listen(tell: (text: string) => void): void { tell('') } }
        export const room = async (peer: Awaited<ReturnType<typeof connect<Api>>>): Promise<RemoteObject<Room>> => peer.call.room();
        export const listen = async (peer: Awaited<ReturnType<typeof connect<typeof Api>>>): Promise<void> => {
          const texts: string[] = [];
          await peer.call.listen((text) => texts.push(text));
        };
        export const all = [createServer, LastingClient, asRemote];`;
      writeFileSync(join(folder, 'bare.ts'), source);
      writeFileSync(join(folder, 'bare.json'), bareProject('bare.ts'));
      expect(await check(compiler, 'bare.json')).toBe('');
    },
  );

  test('in two versions: at run time no difference, and for the compiler an object of the other one is no object', async () => {
    const modules = join(folder, 'node_modules');
    const elder = join(modules, 'elder/node_modules/@bjsonrpc');
    for (const name of ['peer', 'protocol']) {
      cpSync(join(modules, '@bjsonrpc', name), join(elder, name), { recursive: true });
      const manifest = join(elder, name, 'package.json');
      writeFileSync(
        manifest,
        readFileSync(manifest, 'utf8').replace(/"version": "[^"]+"/, '"version": "0.0.9"'),
      );
    }
    writeFileSync(
      join(modules, 'elder/package.json'),
      '{"name":"elder","type":"module","exports":"./index.js"}',
    );
    const declared = `
      import { Handler } from '@bjsonrpc/peer';
      export declare class Room extends Handler { lines(): string[] }
      export declare class Api extends Handler { room(): Room; add(a: number, b: number): number }`;
    writeFileSync(join(modules, 'elder/index.d.ts'), declared);
    const program = `
      import { Handler } from '@bjsonrpc/peer';
      export class Room extends Handler { lines() { return ['one']; } }
      export class Api extends Handler { room() { return new Room(); } add(a, b) { return a + b; } }`;
    writeFileSync(join(modules, 'elder/index.js'), program);
    const source = `
      import { connect, createServer } from '@bjsonrpc/peer';
      import { tcp } from '@bjsonrpc/transport-tcp';
      import { Api } from 'elder';
      const server = await createServer(tcp({ port: 0 }), () => new Api());
      const peer = await connect<Api>(tcp({ port: server.address.port ?? 0 }));
      console.log(await peer.call.add(2, 3));
      const room = await peer.call.room();
      // @ts-expect-error: it is none for the types of this version
      console.log(await room.call.lines());
      await peer.close();
      await server.close();`;
    writeFileSync(join(folder, 'versions.ts'), source);
    expect(await compile('versions.ts', 'nodenext')).toBe('');
    expect(await node('versions.js')).toBe("5\n[ 'one' ]\n");
  });

  test('are CommonJS for who loads nothing else, as Jest', async () => {
    const source = `
      const { connect, createServer, Handler } = require('./node_modules/@bjsonrpc/peer/dist/index.cjs');
      const { LastingClient } = require('./node_modules/@bjsonrpc/peer/dist/lasting.cjs');
      console.log([connect, createServer, Handler, LastingClient].map((one) => typeof one).join());`;
    writeFileSync(join(folder, 'common.cjs'), source);
    expect(await node('common.cjs')).toBe('function,function,function,function\n');
  });
});

describe('each packed package', () => {
  test.each(names)(
    '%s has types that resolve as its files do',
    async (name) => {
      const check = await checkPackage(createPackageFromTarballData(readFileSync(tarball(name))));
      const problems = 'problems' in check ? check.problems : ['no types'];
      const found = problems.map((problem) =>
        typeof problem === 'string'
          ? problem
          : `${problem.kind}: ${'resolutionKind' in problem ? problem.resolutionKind : ''}`,
      );
      // What knows no "exports" is older than Node 12. The suite imports vitest, which is no CommonJS either.
      const known = [
        'NoResolution: node10',
        ...(name === 'duplex-suite' ? ['CJSResolvesToESM: node16-cjs'] : []),
      ];
      expect(found.filter((problem) => !known.includes(problem))).toEqual([]);
    },
    30_000,
  );

  test.each(names)('%s has maps that bring the sources along, and the version of all', (name) => {
    const dist = `${root}packages/${name}/dist`;
    const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.c?js$/.test(file),
    );
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      const map = JSON.parse(readFileSync(`${dist}/${script}.map`, 'utf8')) as {
        readonly sources: readonly string[];
        readonly sourcesContent?: readonly (string | null)[];
      };
      expect(map.sourcesContent?.filter((text) => text !== null).length, script).toBe(map.sources.length);
      for (const source of map.sources) expect(source, script).toMatch(/\.ts$/);
    }
    const { version: own, dependencies = {} } = manifestOf(name);
    const siblings = Object.entries(dependencies).filter(([other]) => other.startsWith('@bjsonrpc/'));
    expect([own, ...siblings.map(([, given]) => given)].filter((given) => given !== version)).toEqual([]);
    expect(readFileSync(`${root}CHANGELOG.md`, 'utf8')).toContain(`\n## ${version}`);
  });
});
