import { writeFileSync } from 'node:fs';
import { createServer } from '@bjsonrpc/peer';
import { memory } from '@bjsonrpc/transport-memory';
import { tcp } from '@bjsonrpc/transport-tcp';
import { test } from 'vitest';
import { ServerHandler } from '../../../../examples/src/reference-handler.ts';
import { dialSocket, rawDuplex } from './raw-end.ts';
import { playedBy } from './transcript.ts';

test('dump', async () => {
  const out: string[] = [];
  for (const over of ['memory', 'tcp'] as const)
    for (const t of playedBy('server')) {
      const transport = over === 'tcp' ? tcp({ port: 0 }) : memory();
      const server = await createServer(transport, () => new ServerHandler());
      const dial = async () =>
        over === 'tcp' ? dialSocket(server.address.port ?? 0) : rawDuplex(await transport.dial({}));
      const ends = new Map<number, any>();
      out.push(`=== ${over} ${t.name}`);
      for (const e of t.entries) {
        let end = ends.get(e.conn);
        if (!end) {
          end = await dial();
          end.isClosed = false;
          end.closed.then(() => {
            end.isClosed = true;
          });
          ends.set(e.conn, end);
        }
        out.push(
          `${e.at} ${e.conn > 1 ? 'conn2 ' : ''}${e.from ?? 'note'}: ${(e.line ?? e.partial ?? e.hex ?? e.note ?? '').slice(0, 150)}`,
        );
        if (e.from === 'client' && e.line !== undefined) end.send([e.line]);
        await new Promise((r) => setTimeout(r, 8));
        for (const [c, x] of ends) {
          for (const l of x.unread.splice(0))
            out.push(`        ${c > 1 ? 'conn2 ' : ''}OURS ${l.slice(0, 200)}`);
          if (x.isClosed) {
            out.push(`        CLOSED ${c}`);
            ends.delete(c);
          }
        }
      }
      for (const x of ends.values()) x.end();
      await server.close();
    }
  writeFileSync('/tmp/dump.txt', out.join('\n'));
}, 200000);
