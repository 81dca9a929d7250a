import { request } from 'node:http';
import type { Socket } from 'node:net';

/** What a request to upgrade came to. */
export interface Handshake {
  readonly status: number;
  readonly text: string;
  /** Open if the status is 101. */
  readonly socket: Socket;
}

/** Asks for an upgrade as a browser would, with these headers in place of the usual ones. */
export function handshake(url: string, headers: Record<string, string> = {}): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const asking = request(url.replace(/^ws/, 'http'), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    asking.on('error', reject);
    asking.on('upgrade', (response, socket) => {
      socket.on('error', () => {});
      resolve({ status: response.statusCode ?? 0, text: '', socket });
    });
    asking.on('response', (response) => {
      response.socket.on('error', () => {});
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, socket: response.socket }));
    });
    asking.end();
  });
}
