import { type Command, Option } from 'commander';
import type { Address } from '../address/address.js';
import type { FramingName, TransportSettings } from '../address/transport-settings.js';
import { parseDuration } from '../arguments/duration.js';
import { type DialectName, dialectNames } from './dialects.js';

/** What every command that dials takes. */
export interface ConnectionOptions extends TransportSettings {
  readonly dialect: DialectName;
  /** In milliseconds, for connecting and for each call; 0: for ever. */
  readonly timeout?: number;
  /** Whether the profile of 2010 is spoken, without extensions. */
  readonly plain?: boolean;
  /** Whether each message is shown on standard error. */
  readonly verbose?: boolean;
}

/** As commander gives them: `--header` may be repeated. */
export type ParsedConnectionOptions = Omit<ConnectionOptions, 'headers'> & {
  readonly header?: readonly string[];
};

/** Of an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** How messages look: of all that dial, listen or relay. */
export function addWireOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-d, --dialect <name>', 'what is spoken')
        .choices(dialectNames)
        .default('bjsonrpc' satisfies DialectName),
    )
    .addOption(framingOption());
}

/** Of all that relay messages without reading them. */
export function framingOption(): Option {
  return new Option(
    '--framing <name>',
    'where a message ends (default: content-length with the dialect lsp, or else lines)',
  ).choices(['lines', 'content-length']);
}

/** What `wss` and `tls` take on the dialling side, and WebSockets as headers. */
export function addDialOptions(command: Command): Command {
  return command
    .option(
      '-H, --header <name: value>',
      'a header of the request that opens a WebSocket; may be repeated',
      collect,
    )
    .option('--ca <file>', 'trust the certificates in this file (PEM)')
    .option('--cert <file>', 'this side’s certificate (PEM)')
    .option('--key <file>', 'its key (PEM)')
    .option('--servername <name>', 'the name that the other side’s certificate is for')
    .option('--insecure', 'accept any certificate');
}

/** Of all that listen: a certificate, and whom WebSockets let in. */
export function addListenOptions(command: Command): Command {
  return command
    .option('--cert <file>', 'the certificate to listen with, for tls and wss (PEM)')
    .option('--key <file>', 'its key (PEM)')
    .addOption(listOption('--allow-origin <origin>', 'let pages of this origin in', 'allowedOrigins'))
    .addOption(
      listOption(
        '--allow-host <name>',
        'answer to this host name, besides this machine’s own',
        'allowedHosts',
      ),
    );
}

/** May be repeated; its values stand under that name. */
function listOption(flags: string, what: string, name: string): Option {
  const option = new Option(flags, `${what}; may be repeated`).argParser(collect);
  option.attributeName = () => name;
  return option;
}

/** All of it, and times: of commands that make calls. */
export function addConnectionOptions(command: Command): Command {
  addWireOptions(command)
    .option(
      '-t, --timeout <time>',
      'for connecting and for each call: 500ms, 5s, 2m; 0: for ever (default: 60s)',
      parseDuration,
    )
    .option('--plain', 'speak the original protocol of 2010, without extensions')
    .option('-v, --verbose', 'show every message on standard error');
  return addDialOptions(command);
}

/** What commander gave, as the rest of the program has it. */
export function connectionOptionsOf({ header, ...options }: ParsedConnectionOptions): ConnectionOptions {
  return { ...options, headers: header };
}

/** The framing that was asked for, or the one that goes with the dialect there. WebSockets and NATS have their own. */
export function framingFor(
  { kind }: Address,
  { framing, dialect }: { readonly framing?: FramingName | undefined; readonly dialect?: DialectName },
): FramingName | undefined {
  if (kind === 'ws' || kind === 'wss' || kind === 'nats') return undefined;
  return framing ?? (dialect === 'lsp' ? 'content-length' : undefined);
}
