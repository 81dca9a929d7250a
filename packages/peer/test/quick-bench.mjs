import net from 'node:net';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connect, createServer, Handler } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
const role = process.argv[2];
if (role === 'ours') {
  class Api extends Handler { total = 0; add(a, b) { return a + b; } bump(n) { this.total += n; } sum() { return this.total; } }
  const s = await createServer(tcp({ port: 0 }), () => new Api());
  process.send(s.address.port);
} else if (role === 'limit') {
  const s = net.createServer((sock) => {
    sock.setNoDelay(true); sock.setEncoding('utf8');
    let buf = '', total = 0, out = '';
    const methods = { add: (a, b) => a + b, bump: (n) => { total += n; return null; }, sum: () => total };
    sock.on('data', (c) => {
      buf += c; let i, start = 0;
      while ((i = buf.indexOf('\n', start)) !== -1) {
        const m = JSON.parse(buf.slice(start, i)); start = i + 1;
        const r = methods[m.method](...m.params);
        if (m.id !== undefined) out += JSON.stringify({ id: m.id, result: r, error: null }) + '\n';
      }
      buf = buf.slice(start);
      if (out) { sock.write(out); out = ''; }
    });
  });
  s.listen(0, '127.0.0.1', () => process.send(s.address().port));
} else {
  const start = (r) => new Promise((res) => { const c = fork(fileURLToPath(import.meta.url), [r]); c.once('message', (p) => res([c, p])); });
  const [c1, p1] = await start('ours'), [c2, p2] = await start('limit');
  const peer = await connect(tcp({ port: p1 }));
  const sock = net.connect(p2, '127.0.0.1'); sock.setNoDelay(true); sock.setEncoding('utf8');
  const pend = new Map(); let id = 0, buf = '', out = '', sched = false;
  sock.on('data', (c) => { buf += c; let i, start = 0; while ((i = buf.indexOf('\n', start)) !== -1) { const m = JSON.parse(buf.slice(start, i)); start = i + 1; const f = pend.get(m.id); pend.delete(m.id); f(m.result); } buf = buf.slice(start); });
  const flush = () => { sched = false; const o = out; out = ''; sock.write(o); };
  const sendl = (o) => { out += JSON.stringify(o) + '\n'; if (!sched) { sched = true; process.nextTick(flush); } };
  const lcall = (method, ...params) => new Promise((res) => { const i = ++id; pend.set(i, res); sendl({ id: i, method, params }); });
  const lnotify = (method, ...params) => sendl({ method, params });
  const med = (a) => a.sort((x, y) => x - y)[a.length >> 1];
  const suites = {
    seq: [async (n) => { for (let i = 0; i < n; i++) await peer.call.add(i, 1); }, async (n) => { for (let i = 0; i < n; i++) await lcall('add', i, 1); }, 3000],
    pipelined: [async (n) => { const r = []; for (let i = 0; i < n; i++) r.push(peer.method.add(i, 1)); for (const x of r) await x.value; }, async (n) => { const r = []; for (let i = 0; i < n; i++) r.push(lcall('add', i, 1)); for (const x of r) await x; }, 20000],
    pipelinedCall: [async (n) => { const r = []; for (let i = 0; i < n; i++) r.push(peer.call.add(i, 1)); for (const x of r) await x; }, async (n) => { const r = []; for (let i = 0; i < n; i++) r.push(lcall('add', i, 1)); for (const x of r) await x; }, 20000],
    notify: [async (n) => { for (let i = 0; i < n; i++) peer.notify.bump(1); await peer.call.sum(); }, async (n) => { for (let i = 0; i < n; i++) lnotify('bump', 1); await lcall('sum'); }, 40000],
  };
  for (const [name, [ours, lim, n]] of Object.entries(suites)) {
    const a = [], b = [];
    for (let r = 0; r < 15; r++) {
      let t = performance.now(); await ours(n); a.push(n / (performance.now() - t));
      t = performance.now(); await lim(n); b.push(n / (performance.now() - t));
    }
    const x = med(a), y = med(b);
    console.log(name.padEnd(14), `ours ${x.toFixed(0)} k/s  limit ${y.toFixed(0)} k/s  ratio ${(x / y).toFixed(2)}`);
  }
  await peer.close(); sock.destroy(); c1.kill(); c2.kill();
}
