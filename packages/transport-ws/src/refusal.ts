import { Buffer } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import type { Duplex as Stream } from 'node:stream';

/** Why somebody is not let in. */
export interface Refusal {
  /** Of HTTP. */
  readonly status: number;
  /** A sentence for whoever wonders. */
  readonly why: string;
  /** Header lines that belong to the answer. */
  readonly headers?: readonly string[];
  /** More of it, which is not for strangers. */
  readonly detail?: string;
  /** What was thrown; not for strangers either. */
  readonly cause?: unknown;
}

/** Say no in HTTP, and hang up. */
export function refuse(socket: Stream, { status, why, headers = [] }: Refusal): void {
  socket.on('error', () => {});
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      ...headers,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(why)}`,
      '',
      why,
    ].join('\r\n'),
  );
}
