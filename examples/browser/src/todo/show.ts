import { connect } from '@bjsonrpc/peer';
import { ws } from '@bjsonrpc/transport-ws';
import type { TodoApi } from './todo-api.js';

/** Do what the page does, while the instance that serves it is killed; and tell of it. */
export async function show(url: string, kill: (instance: string) => Promise<void>): Promise<void> {
  const peer = await connect<TodoApi>(ws(new URL('/rpc', url).href.replace('http', 'ws')));
  const add = async (text: string): Promise<void> => {
    const began = performance.now();
    const items = await peer.call.add({ id: text, text });
    const ms = Math.round(performance.now() - began);
    console.log(
      `added ${text} after ${ms} ms, by instance ${await peer.call.instance()}; ${items.length} in the list`,
    );
  };
  await add('milk');
  await add('bread');
  const instance = await peer.call.instance();
  await kill(instance);
  console.log(`killed instance ${instance}`);
  await add('salt');
  await add('pepper');
  console.log((await peer.call.items()).map(({ text }) => text).join(', '));
  await peer.close();
}
