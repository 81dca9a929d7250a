// main.ts: plugins as child processes: one that crashes takes nobody with it
import { join } from 'node:path';
import { ConnectionClosedError, connect } from '@bjsonrpc/peer';
import { spawn } from '@bjsonrpc/transport-stdio';
import { Host, type Plugin } from './host.js';

const start = (name: string) =>
  connect<Plugin>(spawn(process.execPath, [join(import.meta.dirname, `${name}.js`)]), {
    handler: new Host(),
  });

await using shout = await start('shout');
await using crash = await start('crash');

for (const plugin of [crash, shout]) {
  const name = await plugin.call.name();
  const command = await plugin.call.command();
  try {
    console.log(`${name}: ${await command('hello')}`); // shout: HELLO!
  } catch (error) {
    if (!(error instanceof ConnectionClosedError)) throw error;
    console.log(`${name} is gone`);
  }
}
