import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { Duplex as Socket } from 'node:stream';
import { until } from '@bjsonrpc/duplex-suite';
import { createServer, Handler, type Peer, type RemoteFunction, retain, type Server } from '@bjsonrpc/peer';
import { resumable } from '@bjsonrpc/resumable';
import { ws } from '@bjsonrpc/transport-ws';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleForBrowser } from '../../transport-ws/test/bundle.ts';
import { launchChromium } from '../../transport-ws/test/chromium.ts';

export class TestApi extends Handler {
  readonly runs: number[] = [];
  listener: RemoteFunction<(n: number) => void> | undefined;
  double(n: number): number {
    this.runs.push(n);
    return 2 * n;
  }
  listen(listener: RemoteFunction<(n: number) => void>): void {
    this.listener = retain(listener);
  }
}

const source = `
  import { TestedPage } from '${new URL('page/page.ts', import.meta.url).pathname}';
  globalThis.onSession = new TestedPage();`;

let browser: Browser;
let script: string;
let http: HttpServer;
let origin: string;
let server: Server;
let apis: TestApi[];
const sockets = new Set<Socket>();

beforeAll(async () => {
  ({ text: script } = await bundleForBrowser(source));
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  http = createHttpServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    const page = request.url === '/' ? '<script type="module" src="/page.js"></script>' : 'elsewhere';
    response.end(isScript ? script : `<!doctype html><title>page</title>${page}`);
  });
  http.on('upgrade', (_, socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  origin = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  apis = [];
  const transport = resumable(ws({ server: http, path: '/rpc', allowedOrigins: [origin] }), {
    ackMs: 250,
    silenceMs: 500, // a page that is frozen is soon found out
  });
  server = await createServer(
    transport,
    () => {
      const api = new TestApi();
      apis.push(api);
      return api;
    },
    { onError: () => {}, pingInterval: 0 },
  );
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await server.close({ graceMs: 0 });
  await until('no connections', () => server.connections.size === 0);
  http.closeAllConnections();
  http.close();
});

const stateOf = (page: Page): Promise<string | undefined> => page.evaluate(() => onSession.state);

async function openPage(): Promise<{
  readonly page: Page;
  readonly id: string;
  readonly api: TestApi;
  readonly peer: Peer;
}> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${origin}/`);
  const id = await page.evaluate(() => onSession.open());
  const api = apis.at(-1);
  const peer = [...server.connections].find(({ info }) => info.session?.id === id);
  if (!api || !peer) throw new Error('The server knows no such session');
  return { page, id, api, peer };
}

/** What the page and the server asked of each other meanwhile is done, once, on the same session. */
async function expectAllIsWell(
  { page, api, peer }: Awaited<ReturnType<typeof openPage>>,
  meanwhile: readonly number[],
): Promise<void> {
  await page.waitForFunction((count) => onSession.answers.length === count, meanwhile.length, {
    timeout: 15_000,
  });
  expect(await page.evaluate(() => onSession.answers)).toEqual(meanwhile.map((n) => 2 * n));
  expect(api.runs).toEqual(meanwhile);
  await page.waitForFunction((count) => onSession.heard.length === count, meanwhile.length, {
    timeout: 10_000,
  });
  expect(await page.evaluate(() => onSession.heard)).toEqual(meanwhile);
  expect([...server.connections]).toEqual([peer]);
  expect(peer.info.session?.state).toBe('connected');
  expect(apis.length).toBe(1);
}

test('offline and online again: the browser says so, and it goes on at once', async () => {
  const opened = await openPage();
  const { page, api, peer } = opened;
  await page.context().setOffline(true);
  for (const socket of sockets) socket.destroy();
  await page.waitForFunction(() => onSession.state === 'away');
  await until('the server has noticed', () => peer.info.session?.state === 'away');
  // By now it would be tried every few seconds.
  await page.waitForTimeout(4000);
  for (const n of [1, 2, 3]) {
    await page.evaluate((n) => onSession.begin(n), n);
    api.listener?.notify(n);
  }
  expect(await stateOf(page)).toBe('away');
  await page.context().setOffline(false);
  const begun = performance.now();
  await expectAllIsWell(opened, [1, 2, 3]);
  process.stdout.write(`back after ${Math.round(performance.now() - begun)} ms\n`);
  expect(await page.evaluate(() => onSession.woken)).toContain('online');
});

test('a page that stands still is away, and goes on afterwards', async () => {
  const opened = await openPage();
  const { page, api, peer } = opened;
  const standing = page.evaluate(() => {
    for (const end = performance.now() + 4000; performance.now() < end; );
  });
  api.listener?.notify(1);
  await until('the server has given the connection up', () => peer.info.session?.state === 'away');
  api.listener?.notify(2);
  await standing;
  await page.evaluate(() => {
    onSession.begin(1);
    onSession.begin(2);
  });
  await expectAllIsWell(opened, [1, 2]);
  expect(await page.evaluate(() => onSession.changes)).toEqual(['opening', 'connected', 'away', 'connected']);
});

test('frozen and thawed by the browser, it goes on, whether or not that let it answer', async () => {
  const opened = await openPage();
  const { page, api } = opened;
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  api.listener?.notify(1);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await page.evaluate(() => onSession.begin(1));
  await expectAllIsWell(opened, [1]);
});

test('a hidden page answers when it is asked, and asks nothing itself', async () => {
  const opened = await openPage();
  const { page, peer } = opened;
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
    // As a browser does with those of a hidden page.
    const { setTimeout } = globalThis;
    globalThis.setTimeout = ((run: () => void, ms: number) =>
      setTimeout(run, Math.max(ms, 60_000))) as typeof setTimeout;
  });
  const { messagesIn } = peer.stats;
  await page.waitForTimeout(3000); // six times as long as a silent side is given
  expect(peer.info.session?.state).toBe('connected');
  expect(peer.stats.messagesIn).toBe(messagesIn);
  expect(await page.evaluate(() => onSession.changes)).toEqual(['opening', 'connected']);
});

test('frozen in the back/forward cache, a page comes back and goes on', async () => {
  const opened = await openPage();
  const { page, api, peer } = opened;
  await page.evaluate(() => onSession.begin(1));
  await page.goto(`${origin}/elsewhere`);
  await until('the server has given the connection up', () => peer.info.session?.state === 'away');
  for (const n of [1, 2]) api.listener?.notify(n);
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => globalThis.onSession?.woken.includes('resume'));
  await page.evaluate(() => onSession.begin(2));
  await expectAllIsWell(opened, [1, 2]);
  expect(await page.evaluate(() => onSession.changes)).toEqual(['opening', 'connected', 'away', 'connected']);
});

test('to a page, sessions add some 6 kB, without what accepts them', async () => {
  const bare = `import { connect } from '@bjsonrpc/peer'; import { ws } from '@bjsonrpc/transport-ws';`;
  const without = await bundleForBrowser(`${bare} export { connect, ws };`);
  const withThem = await bundleForBrowser(
    `${bare} import { resumable } from '@bjsonrpc/resumable'; export { connect, ws, resumable };`,
  );
  const added = withThem.gzippedBytes - without.gzippedBytes;
  process.stdout.write(`sessions add ${added} bytes, minified and gzipped\n`);
  expect(added).toBeLessThan(6500);
  expect(withThem.modules.filter(({ path }) => /accept|kept|table/.test(path))).toEqual([]);
  expect(without.modules.filter(({ path }) => /resumable|lasting/.test(path))).toEqual([]);
});
