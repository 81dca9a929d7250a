import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One of the built example programs, running in a process of its own. */
export interface Program {
  /** What it has printed so far, both streams. */
  readonly output: string;
  /** Resolves when this has been printed. */
  printed(text: string): Promise<void>;
  /** Its exit code, or the name of the signal that ended it. */
  readonly exit: Promise<number | string | null>;
  kill(signal: NodeJS.Signals): void;
}

/** Builds the examples if nobody has; `npm test` has. */
export function ensureBuilt(): void {
  if (existsSync(`${root}examples/dist/tour.js`)) return;
  execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b', 'examples'], { cwd: root });
}

/** Starts `examples/dist/<script>`. */
export function start(script: string, { args = [], port }: { args?: string[]; port?: number } = {}): Program {
  const preload = port === undefined ? [] : ['--import', new URL('other-port.mjs', import.meta.url).href];
  const child = spawn(process.execPath, [...preload, `${root}examples/dist/${script}`, ...args], {
    cwd: root,
    env: { ...process.env, ...(port === undefined ? {} : { OTHER_PORT: String(port) }) },
  });
  let output = '';
  let wake = (): void => {};
  const take = (chunk: Buffer): void => {
    output += chunk;
    wake();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const exit = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, signal) => {
      resolve(code ?? signal);
      wake();
    });
  });
  return {
    get output() {
      return output;
    },
    printed: async (text) => {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`${script} ended without printing ${text}:\n${output}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    exit,
    kill: (signal) => void child.kill(signal),
  };
}

/** A TCP port that nobody uses. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
