import type { Command } from 'commander';

/** A command's examples, each with what it is for, behind its help. */
export function addExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  const lines = examples.flatMap(([example, purpose]) => [`  # ${purpose}`, `  $ bjsonrpc ${example}`, '']);
  const path = command.parent ? `${command.name()} ` : '';
  command.showHelpAfterError(`  See bjsonrpc ${path}--help`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n').trimEnd()}`);
}

/** What URLs look like: at the end of the help of the commands that take one. */
export const urlHelp = `
URLs:
  tcp://host:port      host:port and :port mean the same
  tls://host:port      TCP with TLS
  ws://host:port/path  WebSocket; wss:// with TLS
  unix:/path/to.sock   a unix socket
  nats://host:port/subject
  'stdio:node server.js --flag'   starts a program, speaks to it over its standard streams`;
