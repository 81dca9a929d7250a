import { createServer, type Server } from 'node:net';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import type { Duplex } from '@bjsonrpc/protocol';
import { ws } from '@bjsonrpc/transport-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ws as platformWs } from '../src/platform.ts';
import { dialPlatform } from '../src/platform-dial.ts';
import { likeTheBrowsers, listening, wsPackage } from './open-ws.ts';

/** A TCP server that does with each connection what it is told. */
async function tcpServer(
  onSocket: Parameters<typeof createServer>[1],
): Promise<{ server: Server; url: string }> {
  const server = createServer(onSocket);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return {
    server,
    url: `ws://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/`,
  };
}

describe('every way to write an address', () => {
  test('reaches the server', async () => {
    const { listener, url, accepted } = await listening();
    const { port = 0 } = listener.address;
    for (const given of [url, new URL(url), { url }, { port }, `http://localhost:${port}`]) {
      const a = new Probe(await ws(given).dial({})).start();
      const b = new Probe((await accepted()).duplex).start();
      a.send('["hello"]');
      await until('the message', () => b.messages.length === 1);
      a.close();
      await until('both closes', () => a.isClosed && b.isClosed);
    }
    await listener.close();
  });

  test('an address with a URL cannot be listened on', async () => {
    await expect(ws('ws://localhost:1').listen(() => {})).rejects.toThrow('dials');
  });

  test.for(['ftp://localhost/', 'ws://', 'localhost'])('%s is no such address', async (url) => {
    await expect(wsPackage(url).dial({})).rejects.toThrow(/URL/);
  });
});

describe('a dial that fails says why', () => {
  test('nobody there', async () => {
    const { listener, url } = await listening();
    await listener.close();
    await expect(wsPackage(url).dial({})).rejects.toThrow(
      expect.objectContaining({
        message: `Cannot connect to ${url}: connection refused`,
        code: 'ECONNREFUSED',
      }),
    );
  });

  test('refused, with the status and the reason', async () => {
    const { listener, url } = await listening();
    const headers = { origin: 'https://evil.test' };
    await expect(wsPackage({ url, headers }).dial({})).rejects.toThrow(
      `Cannot connect to ${url}: the server answered 403 Forbidden: this origin is not allowed`,
    );
    await listener.close();
  });

  test('a server that speaks only HTTP', async () => {
    const { url } = await tcpServer((socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>');
    });
    await expect(wsPackage(url).dial({})).rejects.toThrow(
      `Cannot connect to ${url}: the server answered 200 OK`,
    );
  });

  test('a refusal whose text never ends', async () => {
    const { url } = await tcpServer((socket) => {
      socket.on('error', () => {});
      socket.write(`HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n${'x'.repeat(5000)}`);
    });
    await expect(wsPackage(url).dial({})).rejects.toThrow(/answered 400 Bad Request: x{200}$/);
  });

  test('a refusal whose text never comes', async () => {
    const { url } = await tcpServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n');
    });
    await expect(wsPackage({ url, handshakeTimeoutMs: 100 }).dial({})).rejects.toThrow(
      `Cannot connect to ${url}: the server answered 400 Bad Request`,
    );
  });

  test('a server that says nothing', async () => {
    const { url } = await tcpServer((socket) => void socket.on('error', () => {}).resume());
    const started = performance.now();
    await expect(wsPackage({ url, handshakeTimeoutMs: 50 }).dial({})).rejects.toThrow('timed out');
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('a server that never comes to the end of its answer', async () => {
    const { url } = await tcpServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 101 Switching Protocols\r\nX: ');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    await expect(wsPackage({ url, handshakeTimeoutMs: 100 }).dial({})).rejects.toThrow(
      `Cannot connect to ${url}: timed out after 100 ms, waiting for the server's answer`,
    );
  });

  test('a TLS server that says nothing', async () => {
    const { url } = await tcpServer((socket) => void socket.on('error', () => {}).resume());
    const secure = url.replace('ws', 'wss');
    await expect(wsPackage(secure).dial({ timeoutMs: 50 })).rejects.toThrow(
      `Cannot connect to ${secure}: timed out after 50 ms, waiting for the TLS handshake`,
    );
  });

  test('a server that hangs up', async () => {
    const { url } = await tcpServer((socket) => socket.destroy());
    await expect(wsPackage(url).dial({})).rejects.toThrow(`Cannot connect to ${url}: connection reset`);
  });

  test('aborted, before and during', async () => {
    const reason = new Error('changed my mind');
    await expect(wsPackage('ws://localhost:1').dial({ signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    let ended = 0;
    const { url } = await tcpServer((socket) => {
      socket
        .on('error', () => {})
        .on('close', () => ended++)
        .resume();
    });
    const controller = new AbortController();
    const dialling = wsPackage(url).dial({ signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await expect(dialling).rejects.toBe(reason);
    await until('the end of the attempt', () => ended === 1);
  });
});

describe("with the platform's WebSocket", () => {
  test('a dial that fails says where', async () => {
    const { listener, url } = await listening();
    await listener.close();
    const where = `Cannot connect to ${url}: unreachable, or refused`;
    await expect(dialPlatform({ url }, {}, likeTheBrowsers)).rejects.toThrow(where);
  });

  test('a server that says nothing, and a change of mind', async () => {
    const { url } = await tcpServer((socket) => void socket.on('error', () => {}).resume());
    const dialling = dialPlatform({ url, handshakeTimeoutMs: 50 }, {}, likeTheBrowsers);
    await expect(dialling).rejects.toThrow('timed out');
    const reason = new Error('changed my mind');
    await expect(dialPlatform({ url }, { signal: AbortSignal.abort(reason) }, likeTheBrowsers)).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    await expect(dialPlatform({ url }, { signal: controller.signal }, likeTheBrowsers)).rejects.toBe(reason);
  });

  test('a platform without one says so, and none can listen', async () => {
    // Node 20 has none.
    if (!('WebSocket' in globalThis)) {
      await expect(platformWs('ws://localhost:1').dial({})).rejects.toThrow('no WebSocket');
    }
    await expect(platformWs({ port: 0 }).listen(() => {})).rejects.toThrow('on servers alone');
  });

  test('a signal that fires after the dial is of no concern', async () => {
    const { listener, url, accepted } = await listening();
    for (const dial of [ws(url).dial, dialAsBrowser]) {
      const controller = new AbortController();
      const a = new Probe(await dial({ signal: controller.signal })).start();
      const b = new Probe((await accepted()).duplex).start();
      controller.abort();
      b.send('["still here"]');
      await until('the message', () => a.messages.length === 1);
      a.close();
      await until('both closes', () => a.isClosed && b.isClosed);
    }
    await listener.close();

    function dialAsBrowser({ signal }: { readonly signal: AbortSignal }): Promise<Duplex> {
      return dialPlatform({ url }, { signal }, likeTheBrowsers);
    }
  });
});
