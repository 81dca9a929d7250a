import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@bjsonrpc/duplex-suite';

/** A server of NATS that runs. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** The process, as its own pid file has it. */
  readonly pid: number;
  /** How many connections, and subscriptions of clients, there are in it. */
  clients(): Promise<{ readonly connections: number; readonly subscriptions: number }>;
  /** How many messages have come to it from clients. */
  messages(): Promise<number>;
  kill(): Promise<void>;
  /** The same again, on the same ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** A configuration: users, permissions, limits. */
  readonly config?: string;
  readonly args?: readonly string[];
  readonly port?: number;
}

/** Starts one on a free port of the loopback interface. Fails, saying what is missing, where there is none. */
export async function startNats({ config = '', args = [], port }: ServerOptions = {}): Promise<NatsServer> {
  const program = programPath();
  const folder = mkdtempSync(join(tmpdir(), 'bjsonrpc-nats-'));
  const pidFile = join(folder, 'pid');
  const configFile = join(folder, 'nats.conf');
  writeFileSync(configFile, config);
  const [own = 0, monitor = 0] = await freePorts(2);
  const at = port ?? own;
  const all = [
    '-a',
    '127.0.0.1',
    '-p',
    `${at}`,
    '-m',
    `${monitor}`,
    '-P',
    pidFile,
    '-c',
    configFile,
    ...args,
  ];
  let child: ChildProcess | undefined;
  const run = async (): Promise<void> => {
    rmSync(pidFile, { force: true });
    const started = spawn(program, all, { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    let said = '';
    started.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-4000);
    });
    started.on('exit', () => {
      child = undefined;
    });
    await until(
      'nats-server',
      () => started.exitCode !== null || (existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== ''),
    );
    if (started.exitCode !== null) throw new Error(`nats-server did not start: ${said}`);
    while (!(await canConnect(at))) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const pidOf = (): number => Number(readFileSync(pidFile, 'utf8'));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    if (running === undefined) return;
    const exited = once(running, 'exit');
    process.kill(pidOf(), signal);
    await exited;
  };
  await run();
  return {
    url: `127.0.0.1:${at}`,
    port: at,
    get pid() {
      return pidOf();
    },
    clients: async () => {
      const answer = await fetch(`http://127.0.0.1:${monitor}/connz`);
      const { connections } = (await answer.json()) as { connections: { subscriptions: number }[] };
      const subscriptions = connections.reduce((sum, one) => sum + one.subscriptions, 0);
      return { connections: connections.length, subscriptions };
    },
    messages: async () => {
      const answer = await fetch(`http://127.0.0.1:${monitor}/varz`);
      return ((await answer.json()) as { in_msgs: number }).in_msgs;
    },
    kill: () => end('SIGKILL'),
    restart: run,
    stop: async () => {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Three of them, which know one another. */
export async function startCluster(): Promise<readonly NatsServer[]> {
  const ports = await freePorts(3);
  const routes = ports.map((port) => `nats://127.0.0.1:${port}`);
  return Promise.all(
    routes.map((route, i) =>
      startNats({
        args: ['-n', `n${i}`, '--cluster_name', 'c', '--cluster', route, '--routes', routes.join(',')],
      }),
    ),
  );
}

function programPath(): string {
  const folders = [
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/local/bin',
    '/usr/bin',
    ...(process.env.PATH ?? '').split(':'),
  ];
  const found = folders.map((folder) => `${folder}/nats-server`).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error('These tests need nats-server (as root: apt-get install nats-server)');
  return found;
}

/** Ports that nobody has, nor is given by the system while a server is down: they are below those that it gives of itself. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
