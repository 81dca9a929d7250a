import { once } from 'node:events';
import { createServer } from '@bjsonrpc/peer';
import type { Command } from 'commander';
import { parseAddress } from '../address/address.js';
import { listenerText } from '../address/listener-text.js';
import { listener } from '../address/open-transport.js';
import type { TransportSettings } from '../address/transport-settings.js';
import { addListenOptions, addWireOptions, framingFor } from '../connection/connection-options.js';
import { type DialectName, dialects } from '../connection/dialects.js';
import { dialFailure } from '../connection/explain-dial.js';
import { WireWatch } from '../connection/wire-watch.js';
import { untilAborted } from '../interrupts.js';
import { loadHandler } from '../serving/load-handler.js';
import type { CommandContext } from './command-context.js';
import { addExamples } from './help.js';

interface ServeOptions extends TransportSettings {
  readonly listen: string;
  readonly dialect: DialectName;
  readonly verbose?: boolean;
}

/** `bjsonrpc serve`: a server of what a module exports. */
export function addServe(program: Command, { terminal }: CommandContext): void {
  const command = program
    .command('serve')
    .summary('serve what a module exports')
    .description(
      'Serves the default export of a module: a class, of which each connection gets an instance; a function that makes a handler; or an object. ' +
        'A module without one offers the functions that it exports by name. Ends with Ctrl-C.',
    )
    .argument('<module>', 'the file of the module')
    .option('-l, --listen <url>', 'where: tcp, tls, ws, wss, unix, nats, or stdio:', 'tcp://127.0.0.1:10123')
    .option('-v, --verbose', 'show every message on standard error');
  addListenOptions(addWireOptions(command)).action(async (module: string, options: ServeOptions) => {
    const { err, interrupted } = terminal;
    const address = parseAddress(options.listen);
    const factory = await loadHandler(module);
    const transport = await listener(address, { ...options, framing: framingFor(address, options) });
    const watch = new WireWatch(options.verbose ? err : undefined);
    const server = await createServer(transport, factory, {
      dialect: dialects[options.dialect],
      onWire: watch.onWire,
      onError: (error) => void err.line(err.colors.yellow(String(error))),
    }).catch((error: unknown) => {
      throw dialFailure(error, address);
    });
    await using _server = server;
    await err.line(`serving ${module} at ${err.colors.bold(listenerText(address, server.address))}`);
    await Promise.race([untilAborted(interrupted), nothingLeft()]);
  });
  addExamples(command, [
    ['serve ./api.js', 'for this machine alone, on port 10123'],
    ['serve ./api.js --listen ws://127.0.0.1:8080/rpc --allow-origin http://localhost:5173', 'for a page'],
    ['serve ./api.js --listen tls://0.0.0.0:10123 --cert cert.pem --key key.pem', 'for everybody'],
    [`call 'stdio:npx bjsonrpc serve ./api.js --listen stdio:' add 2 3`, 'as a child process'],
  ]);
}

/** Standard streams are one connection; when that has closed, nothing keeps the process alive. */
async function nothingLeft(): Promise<void> {
  await once(process, 'beforeExit');
}
