// Attacks on a server with a heap of 1 GiB: what does each cost, is another connection answered, is all given back? Run by
// `npm run siege`; an argument is part of the name of the attacks that are to be run.
import { fork } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { attacks } from './attacks.mjs';

const HEAP_MIB = 1024;
const MAX_ANSWER_MS = 50;

const wanted = process.argv[2] ?? '';
let failed = false;
for (const [name, attack] of Object.entries(attacks)) {
  if (!name.includes(wanted)) continue;
  const { line, isGood } = await besiege(attack);
  failed ||= !isGood;
  console.log(`${isGood ? 'holds' : 'FAILS'}  ${name}: ${line}`);
}
process.exitCode = failed ? 1 : 0;

async function besiege(attack) {
  const child = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), {
    execArgv: [`--max-old-space-size=${HEAP_MIB}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let isDead = false;
  const died = new Promise((resolve) => child.once('exit', resolve)).then(() => {
    isDead = true;
    throw new Error('the server has died');
  });
  died.catch(() => {});
  const told = () => Promise.race([died, new Promise((resolve) => child.once('message', resolve))]);
  const ask = () => {
    child.send('how are you?');
    return told();
  };
  const { port } = await told();
  const sockets = new Set();
  const open = (options) => openRaw(port, sockets, options);
  const began = performance.now();
  try {
    const quiet = await openRaw(port, new Set());
    const answerMs = async () => {
      const asked = performance.now();
      const answered = new Promise((resolve) => {
        quiet.onLine = resolve;
      });
      await quiet.write('{"method":"echo","params":["well"],"id":1}\n');
      const line = await Promise.race([answered, died]);
      if (!String(line).includes('well'))
        throw new Error(`the quiet one hears ${String(line).slice(0, 100)}`);
      return performance.now() - asked;
    };
    await answerMs();
    await Promise.race([attack(open), died, timeout(45_000)]);
    const tookMs = performance.now() - began;
    // What has been written is still being read.
    let ms = await answerMs();
    for (let i = 0; i < 100 && ms > MAX_ANSWER_MS; i++) {
      await timeout(100);
      ms = await answerMs();
    }
    const calmMs = performance.now() - began - tookMs;
    const { peakHeap, peakRss, longest, errors, connections } = await ask();
    for (const socket of sockets) socket.destroy();
    let left;
    for (let i = 0; i < 400; i++) {
      left = await ask();
      if (left.connections === 1 && Object.values(left.stats).every((count) => count === 0)) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const isEmpty = left.connections === 1 && Object.values(left.stats).every((count) => count === 0);
    const mib = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;
    const line = [
      `peak ${mib(peakHeap)} (RSS ${mib(peakRss)})`,
      `then, after ${(calmMs / 1000).toFixed(1)} s, another is answered in ${ms.toFixed(0)} ms`,
      `longest block ${longest.toFixed(0)} ms of ${(tookMs / 1000).toFixed(1)} s`,
      `${connections - 1} of ${sockets.size} connections stood`,
      isEmpty ? 'all given back' : `LEFT ${JSON.stringify(left.stats)} of ${left.connections}`,
      ...errors.slice(0, 2).map(([message, count]) => `${count} × ${message.slice(0, 80)}`),
    ].join('; ');
    quiet.destroy();
    return { line, isGood: isEmpty && ms < MAX_ANSWER_MS };
  } catch (error) {
    for (const socket of sockets) socket.destroy();
    return {
      line: `${error.message} after ${((performance.now() - began) / 1000).toFixed(1)} s`,
      isGood: false,
    };
  } finally {
    if (!isDead) child.kill('SIGKILL');
  }
}

function openRaw(port, sockets, { reads = true } = {}) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const raw = {
      isClosed: false,
      onLine: undefined,
      destroy: () => socket.destroy(),
      /** Resolves when the system has taken it; and where it takes nothing for a second, all the same. */
      write: (text) =>
        new Promise((done) => {
          if (raw.isClosed) return done();
          const timer = setTimeout(done, 1000);
          socket.write(text, () => {
            clearTimeout(timer);
            done();
          });
        }),
    };
    sockets.add(raw);
    let rest = '';
    socket.on('error', () => {});
    socket.on('close', () => {
      raw.isClosed = true;
    });
    socket.on('connect', () => resolve(raw));
    if (!reads) return socket.pause();
    socket.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) raw.onLine?.(line);
    });
  });
}

function timeout(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
