import type { Duplex, Receiver } from '@bjsonrpc/protocol';

/** A connection of which the test itself is the other side, and all that there is to it. */
export interface BareDuplex {
  readonly duplex: Duplex;
  /** What the peer has sent. */
  readonly sent: string[];
  /** How it has held reading back. */
  readonly held: boolean[];
  /** Where the other side's messages go. */
  readonly receiver: Receiver;
  /** From now on the buffer is full, and stays so. */
  fill(): void;
}

export function bareDuplex(): BareDuplex {
  let receiver!: Receiver;
  let full: Promise<void> | undefined;
  const sent: string[] = [];
  const held: boolean[] = [];
  return {
    sent,
    held,
    get receiver() {
      return receiver;
    },
    fill() {
      full = new Promise(() => {});
    },
    duplex: {
      start: (given) => {
        receiver = given;
      },
      send: (text) => {
        sent.push(text);
        return full;
      },
      hold: (on) => void held.push(on),
      close: () => receiver.onClose(),
      buffered: 0,
      bytesIn: 0,
      bytesOut: 0,
    },
  };
}
