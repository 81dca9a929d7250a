import type { OpenedPair, PairOptions } from '@bjsonrpc/duplex-suite';
import type { ConnectionInfo, Duplex, Listener, ListenerAddress, Transport } from '@bjsonrpc/protocol';
import { type ResumableOptions, resumable } from '@bjsonrpc/resumable';

/** A session, and what it stands on. `a` dialled, `b` was accepted. */
export interface OpenedSession extends OpenedPair {
  readonly info: ConnectionInfo;
  readonly listener: Listener;
}

/** Where to listen, and how what listens there is reached. */
export interface Place {
  readonly listening: Transport;
  dialling(address: ListenerAddress): Transport;
}

/** Both ends of one session. */
export async function openSession(
  { listening, dialling }: Place,
  options: ResumableOptions = {},
  peers: PairOptions = {},
): Promise<OpenedSession> {
  let accept: (end: { readonly duplex: Duplex; readonly info: ConnectionInfo }) => void = () => {};
  const accepted = new Promise<{ readonly duplex: Duplex; readonly info: ConnectionInfo }>((resolve) => {
    accept = resolve;
  });
  const listener = await resumable(listening, options).listen(
    (duplex, info) => accept({ duplex, info }),
    peers,
  );
  const a = await resumable(dialling(listener.address), options).dial(peers);
  const { duplex: b, info } = await accepted;
  return { a, b, info, listener, close: () => listener.close() };
}
