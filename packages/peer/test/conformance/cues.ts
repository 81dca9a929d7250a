import type { Side } from './transcript.ts';

/** What a cue can do. */
export interface Stage {
  readonly over: 'tcp' | 'memory';
  readonly ours: Side;
  /** Our side draws so many numbers for what it then does not send. */
  usesUp(count: number): void;
  /** The other side closes its sending side. */
  end(): void;
  /** Waits until we have closed. */
  closed(): Promise<void>;
  /** The first bytes of the other side's next line go ahead of the rest. */
  sendAhead(line: string, bytes: number): void;
}

/** Sessions that are about how bytes are cut: over TCP they go out byte by byte. */
export const sentByteByByte: ReadonlySet<string> = new Set(['raw_split']);

/** What happens at notes that tell of more than silence, by session and line. */
export const cues: ReadonlyMap<string, (stage: Stage) => void | Promise<void>> = new Map([
  ['client_end_of_stream:3', (stage: Stage) => stage.end()],
  [
    'connection_close:4',
    (stage: Stage) => {
      if (stage.ours === 'server') stage.end();
      return stage.closed();
    },
  ],
  // A call that is refused while it is being written uses its number up, in the original as well.
  ['own_function_refused:5', (stage: Stage) => stage.usesUp(1)],
  ['raw_half_close:3', (stage: Stage) => (stage.over === 'tcp' ? stage.end() : undefined)],
  [
    'raw_half_close:5',
    (stage: Stage) => {
      if (stage.over === 'memory') stage.end(); // there a connection has no halves
      return stage.closed();
    },
  ],
  ['raw_split_late:4', (stage: Stage) => stage.sendAhead('{"method":"ping","id":1}', 13)],
]);
