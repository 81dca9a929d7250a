import type { Socket } from 'node:net';
import { Probe, until } from '@bjsonrpc/duplex-suite';
import type { WsOptions } from '@bjsonrpc/transport-ws';
import { handshake } from './handshake.ts';
import { listening } from './open-ws.ts';

/** A bare socket that faces a WsDuplex and answers nothing, and what it got to read. */
export class RawClient {
  readonly socket: Socket;
  readonly texts: string[] = [];
  /** The chunks in which the bytes came. */
  readonly chunks: Buffer[] = [];
  /** The first byte of each frame. */
  readonly heads: number[] = [];
  pings = 0;
  pongs = 0;
  closeCode: number | undefined;
  closeReason = '';
  #bytes = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      while (this.#readFrame());
    });
  }

  /** What a server sends has no mask. */
  #readFrame(): boolean {
    const bytes = this.#bytes;
    if (bytes.length < 2) return false;
    const short = bytes[1] ?? 0;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < start) return false;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < start + length) return false;
    this.#bytes = bytes.subarray(start + length);
    this.#take(bytes[0] ?? 0, bytes.subarray(start, start + length));
    return true;
  }

  #take(head: number, payload: Buffer): void {
    this.heads.push(head);
    const opcode = head & 0x0f;
    if (opcode === 0x1) this.texts.push(payload.toString());
    else if (opcode === 0x0) this.texts.push((this.texts.pop() ?? '') + payload.toString());
    else if (opcode === 0x9) this.pings++;
    else if (opcode === 0xa) this.pongs++;
    else if (opcode === 0x8) {
      this.closeCode = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
      this.closeReason = payload.subarray(2).toString();
    }
  }
}

/** A started server end, and a bare socket connected to it. */
export async function openRaw(
  options: WsOptions = {},
): Promise<{ raw: RawClient; server: Probe; close(): Promise<void> }> {
  const { listener, url, accepted } = await listening(options);
  const raw = new RawClient((await handshake(url)).socket);
  const server = new Probe((await accepted()).duplex).start();
  return {
    raw,
    server,
    close: async () => {
      raw.socket.destroy();
      await listener.close();
      await until('the close of the server end', () => server.isClosed);
    },
  };
}
