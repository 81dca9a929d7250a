import { Acks } from './acks.js';
import { Carrier } from './carrier.js';
import { Controls } from './control.js';
import { Goodbye } from './goodbye.js';
import { Inbox } from './inbox.js';
import { Inflow } from './inflow.js';
import { Outflow } from './outflow.js';
import type { Settings } from './resumable-options.js';
import { Tally } from './tally.js';

/** What its parts bring about in a session. */
export interface SessionVerbs {
  /** Decide again whether reading is to be held back. */
  hold(): void;
  /** The other side of a plain connection has ended its half, and nobody cared. */
  onEndUnheard(): void;
  /** A clean end: END has come, or its own has arrived. */
  onDone(): void;
  /** Its own clean close gets nowhere. */
  onStuck(): void;
  /** The other side has confirmed what cannot be. */
  onMismatch(): void;
  onAbort(): void;
  /** The connection gives no sign of life. */
  onSilence(error: Error): void;
}

/** The parts of one session, each made once and handed those that it names. */
export interface SessionParts {
  readonly controls: Controls;
  readonly acks: Acks;
  readonly inbox: Inbox;
  readonly out: Outflow;
  readonly inflow: Inflow;
  readonly carrier: Carrier;
  readonly goodbye: Goodbye;
  readonly tally: Tally;
}

export function sessionParts(id: string, settings: Settings, verbs: SessionVerbs): SessionParts {
  const { hold, onEndUnheard, onDone, onStuck, onMismatch, onAbort, onSilence } = verbs;
  const controls = new Controls(id);
  const acks = new Acks();
  const carrier = new Carrier({
    ...settings,
    acks,
    sendAck: () => out.ack(),
    sendProbe: () => out.say(controls.probe),
    onSilence,
  });
  const inbox = new Inbox({ onFull: hold, onEndUnheard });
  const out = new Outflow({ acks, ackText: (received) => controls.ack(received), onPumped: hold });
  const goodbye = new Goodbye({
    clock: settings.clock,
    out,
    end: controls.end,
    progress: () => ({ confirmed: out.confirmed, bytesOut: carrier.bytesOut, buffered: out.buffered }),
    onDone,
    onStuck,
  });
  const inflow = new Inflow({
    controls,
    acks,
    inbox,
    out,
    settings,
    weigh: hold,
    onArrived: () => carrier.arrived(),
    onConfirmed: (canBe) => (canBe ? goodbye.check() : onMismatch()),
    onEnd: onDone,
    onAbort,
  });
  return { controls, acks, inbox, out, inflow, carrier, goodbye, tally: new Tally() };
}
