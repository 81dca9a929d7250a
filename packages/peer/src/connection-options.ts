import type { ConnectionInfo, Duplex } from '@bjsonrpc/protocol';
import type { ResolvedOptions } from './options.js';
import type { MethodOwner } from './publish.js';

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly duplex: Duplex;
  readonly options: ResolvedOptions;
  readonly info: ConnectionInfo;
  readonly dialled: boolean;
  readonly handler: MethodOwner | undefined;
  readonly onClosed: () => void;
}
