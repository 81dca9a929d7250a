import type { Attachments } from '@bjsonrpc/protocol';
import type { Acks } from './acks.js';
import type { Controls } from './control.js';
import type { Inbox } from './inbox.js';

/** What an inflow works with, and what it brings about. */
export interface InflowParts {
  readonly controls: Controls;
  readonly acks: Acks;
  readonly inbox: Inbox;
  readonly out: {
    heard(): void;
    ack(): void;
    confirm(received: number): boolean;
    readonly chars: number;
  };
  readonly settings: { readonly maxUnconfirmedChars: number };
  /** A numbered message has arrived. */
  onArrived(): void;
  /** Look at {@link Inflow.isToWait} again. */
  weigh(): void;
  /** The other side has confirmed something; or what cannot be. */
  onConfirmed(canBe: boolean): void;
  /** The other side has said END, and was told that it has arrived. */
  onEnd(): void;
  onAbort(): void;
}

/** All that comes of a session's other side: messages are counted and delivered, control messages obeyed. */
export class Inflow {
  readonly #parts: InflowParts;

  constructor(parts: InflowParts) {
    this.#parts = parts;
  }

  hear(text: string, attachments?: Attachments): void {
    const { controls, acks, inbox, out } = this.#parts;
    out.heard();
    const control = attachments ? undefined : controls.read(text);
    if (control !== undefined) return this.#obey(control);
    acks.arrived(attachments ? lengthOf(text, attachments) : text.length);
    this.#parts.onArrived();
    inbox.put(text, attachments);
    if (acks.isUrgent) out.ack();
    if (inbox.isFull) this.#parts.weigh();
  }

  /**
   * Whether reading is to be held back. While little room is left for what the other side has not confirmed, its
   * confirmations are read, up to a bound.
   */
  get isToWait(): boolean {
    const { inbox, out, settings } = this.#parts;
    const half = settings.maxUnconfirmedChars / 2;
    return inbox.isFull && (out.chars < half || inbox.chars >= half);
  }

  #obey(control: NonNullable<ReturnType<Controls['read']>>): void {
    const { acks, out, onConfirmed, onEnd, onAbort } = this.#parts;
    if (control.kind === 'ack') onConfirmed(out.confirm(control.received));
    else if (control.kind === 'probe') out.ack();
    else if (control.kind === 'abort') onAbort();
    else if (control.kind === 'end') {
      acks.arrived(0);
      out.ack();
      onEnd();
    }
  }
}

function lengthOf(text: string, attachments: Attachments): number {
  return attachments.reduce((sum, { length }) => sum + length, text.length);
}
