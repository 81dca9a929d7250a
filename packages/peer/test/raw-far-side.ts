import { jsonrpc2, Peer, type PeerOptions } from '@bjsonrpc/peer';
import { memoryPair } from '@bjsonrpc/transport-memory';
import { onTestFinished } from 'vitest';

/** A peer whose other side is the test itself, which writes and reads the messages' text. */
export interface RawFarSide {
  readonly peer: Peer;
  /** All that the peer has sent. */
  readonly sent: readonly string[];
  write(text: string): void;
  /** The next message that the peer has sent and this has not given yet. */
  next(): Promise<string>;
  /** Writes a message and gives the next one that comes back. */
  ask(text: string): Promise<string>;
  /** The result of a call. @throws what the error member says */
  call(method: string, ...params: unknown[]): Promise<unknown>;
}

export function rawFarSide(
  handler: object | undefined,
  { dialled = false, ...options }: PeerOptions & { readonly dialled?: boolean } = {},
): RawFarSide {
  const [ours, theirs] = memoryPair();
  const sent: string[] = [];
  let given = 0;
  let wake: (() => void) | undefined;
  const strangers = dialled || options.dialect ? undefined : jsonrpc2;
  const peer = new Peer({
    duplex: ours,
    options,
    info: { transport: 'memory' },
    dialled,
    handler,
    strangers,
  });
  theirs.start({
    onMessage(text) {
      sent.push(text);
      wake?.();
    },
    onClose: () => wake?.(),
  });
  onTestFinished(() => peer.close({ graceMs: 0 }));
  const next = async (): Promise<string> => {
    while (given === sent.length) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return sent[given++] ?? '';
  };
  const ask = (text: string): Promise<string> => {
    theirs.send(text);
    return next();
  };
  let ids = 0;
  return {
    peer,
    sent,
    write: (text) => void theirs.send(text),
    next,
    ask,
    async call(method, ...params) {
      const { result, error } = JSON.parse(await ask(JSON.stringify({ params, method, id: ++ids })));
      if (error !== null) throw new Error(typeof error === 'string' ? error : error.message);
      return result;
    },
  };
}
