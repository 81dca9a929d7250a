// member.ts: one who chats: `node member.js PORT NAME [TEXT …]`
import { connect, Handler } from '@bjsonrpc/peer';
import { tcp } from '@bjsonrpc/transport-tcp';
import type { Chat, Ears } from './chat.js';

const [port, name = 'somebody', ...texts] = process.argv.slice(2);

class Member extends Handler implements Ears {
  heard(from: string, text: string): void {
    console.log(`${name} hears: ${from}: ${text}`);
  }
}

const peer = await connect<Chat>(tcp({ port: Number(port) }));
const lobby = await peer.call.room('lobby');
const there = await lobby.call.enter(name, new Member());
console.log(`${name} is in the lobby, with ${there.join(' and ') || 'nobody'}`);
for (const text of texts) await lobby.call.say(name, text);
await peer.closed; // until it is ended, or the server goes
