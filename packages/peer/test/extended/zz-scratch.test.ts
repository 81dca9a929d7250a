import { connect, createServer, Handler, type Peer, currentCall, RpcError } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { expect, test } from 'vitest';

async function pair(server: object, client?: object, options = {}, clientOptions = {}) {
  const t = memory();
  const s = await createServer(t, () => server, options);
  const peer: Peer<any> = await connect<any>(t, { ...(client ? { handler: client } : {}), ...clientOptions });
  await peer.ping().catch(() => {});
  const far = [...s.connections][0]! as Peer<any>;
  return { peer, far, s };
}
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));

test('unknown method with a function: released', async () => {
  const { peer, far } = await pair({ f: () => 1 });
  await peer.call.nope(() => 1).catch(() => {});
  await sleep(5);
  expect(peer.stats.exported).toBe(0);
});
test('unknown class after a ref', async () => {
  const { peer, far } = await pair({ f: () => 1 });
  await peer.call.f({ a: { __remoteobject__: 'x' } }, () => 1).catch(() => {});
  await sleep(5);
  expect(peer.stats.exported).toBe(0);
});
test('pipelined failure: first cause', async () => {
  const { peer } = await pair({ bad: async () => { throw new RpcError('boom'); } });
  await expect(peer.call.bad().call.x()).rejects.toThrow('boom');
});
test('pipelined failure sync: first cause', async () => {
  const { peer } = await pair({ bad: () => { throw new RpcError('boom'); } });
  await expect(peer.call.bad().call.x()).rejects.toThrow('boom');
});
test('pipelined no object', async () => {
  const { peer } = await pair({ bad: () => 5 });
  await expect(peer.call.bad().call.x()).rejects.toThrow('-32004');
});
test('promise arg failing: no unhandled', async () => {
  const { peer } = await pair({ bad: async () => { throw new RpcError('boom'); }, f: () => 1 });
  await expect(peer.call.f(peer.call.bad())).rejects.toThrow('boom');
  await sleep(5);
});
test('promise arg plain value', async () => {
  const { peer } = await pair({ obj: async () => ({ x: 1 }), f: (x: unknown) => x });
  expect(await peer.call.f(peer.call.obj())).toEqual({ x: 1 });
});
test('onBroken of an argument of a running call', async () => {
  let fired = 0;
  const { peer, far } = await pair({ hold: (cb: any) => { cb.onBroken(() => fired++); return new Promise(() => {}); } });
  peer.call.hold(() => 1).catch(() => {});
  await sleep(5);
  peer.abort();
  await far.closed;
  expect(fired).toBe(1);
});
test('currentCall after async interceptor', async () => {
  const { peer } = await pair({ f: () => currentCall().method }, undefined, { incoming: [async (_c: any, next: any) => { await null; return next(); }] });
  expect(await peer.call.f()).toBe('f');
});
test('outgoing interceptor sees remote functions', async () => {
  const seen: string[] = [];
  const { peer } = await pair({ f: () => (x: number) => x + 1 }, undefined, {}, { outgoing: [(c: any, next: any) => { seen.push(c.method); return next(c); }] });
  const f = await peer.call.f();
  await f(1);
  expect(seen.length).toBe(2);
});
test('cancel through async interceptor', async () => {
  let aborted = false;
  const { peer } = await pair({ f: () => new Promise((_, rej) => { const { signal } = currentCall(); signal.addEventListener('abort', () => { aborted = true; rej(signal.reason); }); }) }, undefined, {}, { outgoing: [async (c: any, next: any) => await next(c)] });
  const r = peer.method.f();
  await sleep(3);
  r.cancel();
  await sleep(5);
  expect(aborted).toBe(true);
});
for (const [name, make] of Object.entries({
  thenGetter: () => ({ get then() { throw new Error('x'); } }),
  doubleThen: () => ({ then(a: any) { a(1); a(2); } }),
  throwingThen: () => ({ then() { throw new Error('x'); } }),
  iterThrows: () => ({ [Symbol.asyncIterator]() { throw new Error('x'); } }),
  locked: () => { const r = new ReadableStream({ start(c) { c.enqueue(1); c.close(); } }); r.getReader(); return r; },
  proxyThrows: () => new Proxy({}, { has() { throw new Error('has'); }, get(_, k) { if (k === 'then') return undefined; throw new Error('get'); } }),
  errGetter: () => { throw Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('msg'); } }); },
  errCode: () => { throw Object.defineProperty(new Error('x'), 'code', { get() { throw new Error('msg'); } }); },
  errName: () => { throw Object.defineProperty(new Error('x'), 'name', { get() { throw new Error('msg'); } }); },
  errMsgNum: () => { throw Object.assign(new Error('x'), { message: 5, data: () => { } , code: 1n}); },
  errMsgNum2: () => { throw Object.assign(new Error('x'), { message: 5, data: Symbol('s')}); },
  undef: () => { throw undefined; },
  nul: () => { throw null; },
  frozen: () => { throw Object.freeze(new Error('frozen')); },
  sym: () => { throw Symbol('s'); },
  nullproto: () => { throw Object.create(null); },
}))
  for (const kind of ['call', 'pipe'])
    for (const mode of ['sync', 'async'])
      test(`weird ${name} ${kind} ${mode}`, async () => {
        const { peer, far } = await pair({ f: mode === 'sync' ? make : async () => { await null; return make(); } });
        const p = kind === 'call' ? peer.with({ timeout: 300 }).call.f() : peer.with({ timeout: 300 }).pipe.f().next();
        const r = await (p as Promise<any>).then((v: any) => ({ v }), (e: any) => ({ e }));
        if ('e' in r) expect(r.e.message).not.toContain('300 ms');
        await sleep(1);
        expect(far.stats.running).toBe(0);
        expect(peer.stats.stray).toBe(0);
      });
test('rollback must not run onClose', async () => {
  let closed = 0;
  class H extends Handler { x() { return 1; } override onClose() { closed++; } }
  const { peer } = await pair({ f: (h: any) => h.call.x() });
  const h = new H();
  await expect(peer.call.f(h, Symbol('x'))).rejects.toThrow('symbol');
  expect(closed).toBe(0);
  await peer.call.f(h);
  await sleep(5);
  expect(closed).toBe(1);
});
test('aliases leak', async () => {
  class H extends Handler { x() { return 1; } }
  const h = new H();
  const { peer } = await pair({ get: () => h });
  const keep = await peer.call.get();
  global.gc!();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 200; i++) await Promise.all(Array.from({ length: 1000 }, () => peer.call.get()));
  global.gc!();
  const after = process.memoryUsage().heapUsed;
  console.log('alias growth', (after - before) / 1e6);
  expect(keep).toBe(await peer.call.get());
  expect(after - before).toBeLessThan(5e6);
});
test('literal in a stray answer kills a live object', async () => {
  class H extends Handler { x() { return 1; } }
  const h = new H();
  let name = '';
  const { peer, far } = await pair({ get: () => h, slow: async () => { await sleep(20); return { __remoteobject__: name }; } }, undefined, { onWire: (e: any) => { const m = /"(h_[0-9a-f]{4})"/.exec(e.text); if (m) name = m[1]!; } });
  const o = await peer.call.get();
  expect(name).not.toBe('');
  await peer.with({ timeout: 5 }).call.slow().catch(() => {});
  await sleep(40);
  // reference count: 1 was received; if data released it, the object is dead
  expect(await o.call.x()).toBe(1);
});
test('closed dependents say they were not sent', async () => {
  const { peer, far } = await pair({ get: () => new Promise(() => {}) }, undefined, { extensions: false });
  const p = peer.call.get();
  const q = p.call.x();
  p.catch(() => {});
  q.catch(() => {});
  await sleep(2);
  peer.abort();
  const e = await q.catch((e: any) => e);
  expect(e.constructor.name).toBe('ConnectionClosedError');
  expect(e.sent).toBe(false);
});
test('cancels are read while flooded', async () => {
  let n = 0;
  const { peer, far } = await pair({ f: () => new Promise((_, rej) => { n++; const { signal } = currentCall(); signal.addEventListener('abort', () => rej(signal.reason)); }) }, undefined, { limits: { maxRunningCalls: 10, maxQueuedCalls: 100 } });
  const rs = Array.from({ length: 80 }, () => peer.method.f());
  await sleep(5);
  for (const r of rs) r.cancel();
  await sleep(20);
  expect(far.stats.running).toBe(0);
});
test('describe of a function with members', async () => {
  const { peer } = await pair({ f: () => Object.assign(() => 1, { helper: () => 2 }) });
  const f = await peer.call.f();
  expect((await peer.describe(f)).methods).toEqual([]);
});
test('notify of an endless generator', async () => {
  let returned = false;
  const { peer, far } = await pair({ *f() { try { for (let i = 0; ; i++) yield i; } finally { returned = true; } } });
  peer.notify.f();
  await sleep(20);
  expect(far.stats.running).toBe(0);
});
