import type { CloseDetails, ConnectionInfo, Duplex, Transport } from '@bjsonrpc/protocol';
import { type ResumableOptions, resumable, type SessionChange } from '@bjsonrpc/resumable';
import { type MemoryNetwork, memory, VirtualClock } from '@bjsonrpc/transport-memory';
import { onTestFinished } from 'vitest';

export const TOKEN = 'a-token-of-24-characters';

export function claim(given: {
  readonly id?: string;
  readonly token?: string;
  readonly attempt?: number;
  readonly received?: number;
  readonly version?: number;
}): string {
  const { version = 1, id = 'AbCd-session', token = TOKEN, attempt = 1, received = 0 } = given;
  const params = [{ version, id, token, attempt, received }];
  return JSON.stringify({ params, method: '$/session', id: '$/session' });
}

export function verdict(attempt: number, received: number, keepMs = 120_000): string {
  return JSON.stringify({ id: '$/session', result: { attempt, received, keepMs }, error: null });
}

export function lost(reason: string, received?: number): string {
  return JSON.stringify({ id: '$/session', result: { lost: reason, received }, error: null });
}

/** One end of something, and all that came of it. */
export class Heard {
  readonly duplex: Duplex;
  readonly messages: string[] = [];
  closes = 0;
  ends = 0;
  error: (Error & CloseDetails) | undefined;

  constructor(duplex: Duplex) {
    this.duplex = duplex;
    duplex.start({
      onMessage: (text) => this.messages.push(text),
      onEnd: () => this.ends++,
      onClose: (error) => {
        this.closes++;
        this.error = error;
      },
    });
  }

  send(...texts: readonly string[]): void {
    for (const text of texts) void this.duplex.send(text);
  }
}

/** An accepting side of sessions, dialled by hand. */
export interface AcceptedByHand {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  /** What the listener was offered, in order. */
  readonly sessions: readonly Heard[];
  readonly infos: readonly ConnectionInfo[];
  readonly refused: readonly string[];
  readonly changes: readonly SessionChange[];
  /** A connection that has said so much. */
  dial(...texts: readonly string[]): Promise<Heard>;
  close(): Promise<void>;
}

export async function acceptingSide(
  options: ResumableOptions = {},
  principalOf: () => unknown = () => undefined,
): Promise<AcceptedByHand> {
  const clock = new VirtualClock();
  const network = memory();
  const [sessions, infos, refused, changes]: [Heard[], ConnectionInfo[], string[], SessionChange[]] = [
    [],
    [],
    [],
    [],
  ];
  const authenticated: Transport = {
    ...network,
    listen: (onDuplex, listenOptions) =>
      network.listen(
        (duplex, info) => onDuplex(duplex, { ...info, principal: principalOf() }),
        listenOptions,
      ),
  };
  const onState = (change: SessionChange): void => void changes.push(change);
  const listener = await resumable(authenticated, { clock, random: () => 0.5, onState, ...options }).listen(
    (duplex, info) => {
      sessions.push(new Heard(duplex));
      infos.push(info);
    },
    { onRefused: (error) => refused.push(error.message) },
  );
  onTestFinished(() => listener.close());
  return {
    clock,
    network,
    sessions,
    infos,
    refused,
    changes,
    async dial(...texts) {
      const heard = new Heard(await network.dial({}));
      heard.send(...texts);
      await clock.advance(0);
      return heard;
    },
    close: () => listener.close(),
  };
}

/** A dialling side of sessions, whose connections are accepted by hand. */
export interface DialledByHand {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly session: Heard;
  readonly changes: readonly SessionChange[];
  /** All connections that have come, in order. */
  readonly lines: readonly Heard[];
  /** The one that came last. */
  readonly line: Heard;
  kick(): void;
}

export async function diallingSide(options: ResumableOptions = {}): Promise<DialledByHand> {
  const clock = new VirtualClock();
  const network = memory();
  const lines: Heard[] = [];
  const changes: SessionChange[] = [];
  let kick = (): void => {};
  const listener = await network.listen((duplex) => lines.push(new Heard(duplex)));
  const wake = (given: () => void): (() => void) => {
    kick = given;
    return () => {
      kick = () => {};
    };
  };
  const onState = (change: SessionChange): void => void changes.push(change);
  const dialling = resumable(network, { clock, random: () => 0.5, onState, wake, ...options });
  const session = new Heard(await dialling.dial({}));
  onTestFinished(async () => {
    session.duplex.close(new Error('The test is over'));
    await listener.close();
  });
  await clock.advance(0);
  return {
    clock,
    network,
    session,
    changes,
    lines,
    get line() {
      return lines.at(-1) as Heard;
    },
    kick: () => kick(),
  };
}

/** What a claim says. */
export function claimed(text: string | undefined): {
  readonly id: string;
  readonly token: string;
  readonly attempt: number;
  readonly received: number;
} {
  return JSON.parse(text ?? '').params[0];
}
