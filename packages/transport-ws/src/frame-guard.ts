import type { Socket } from 'node:net';
import {
  type GuardedInput,
  type InputBudget,
  InputGuard,
  type InputGuardLimits,
} from '@bjsonrpc/byte-stream';
import { FrameMeter } from './frame-meter.js';

/** The connection that is guarded. */
export interface GuardedFrames extends GuardedInput {
  readonly maxMessageBytes: number;
  /** After each piece that came. */
  hasRead(bytes: number): void;
}

export interface FrameGuardParts {
  readonly input: GuardedFrames;
  /** Read by `ws`, which has been through each piece before it is looked at here. */
  readonly raw: Socket;
  readonly budget: InputBudget | undefined;
  readonly limits: InputGuardLimits;
}

/** Around a message there may be as much again: headers of fragments, pings between them; and a little for any. */
const MAX_WRAPPING = 2;
const MIN_WRAPPING_BYTES = 256 * 1024;

/** Limits what the other side may leave unfinished of messages in frames. */
export class FrameGuard extends InputGuard {
  readonly #input: GuardedFrames;
  readonly #raw: Socket;
  readonly #meter = new FrameMeter();
  #waitingBytes = 0;
  /** Of frames whose message is still to come. */
  #bytesBefore = 0;
  /** How many messages had such frames. */
  #ended = 0;
  #endedBefore = 0;

  constructor({ input, raw, budget, limits }: FrameGuardParts) {
    super(input, budget, limits);
    this.#input = input;
    this.#raw = raw;
    raw.on('data', this.#onData);
  }

  /** Whether a message has begun to come. */
  get hasBegun(): boolean {
    return this.#meter.begun > 0;
  }

  /** So many bytes of whole messages wait here as well, and cannot be handed over. */
  wait(bytes: number): void {
    this.#waitingBytes = bytes;
    this.keep(this.#meter.cost + bytes);
  }

  /** So much has come that belongs to a message which has not; 0: that message has. */
  expect(bytes: number): void {
    if (bytes === 0 && this.#bytesBefore > 0) this.#ended++;
    this.#bytesBefore = bytes;
  }

  override stop(): void {
    super.stop();
    this.#raw.off('data', this.#onData);
  }

  readonly #onData = (chunk: Uint8Array): void => {
    const meter = this.#meter;
    const { begun } = meter;
    meter.push(chunk);
    // Frames that belong to one message share its time.
    const isAnother = this.#ended !== this.#endedBefore || (this.#bytesBefore === 0 && meter.begun !== begun);
    this.#endedBefore = this.#ended;
    this.arrived(meter.bytes + this.#bytesBefore, isAnother);
    this.keep(meter.cost + this.#waitingBytes);
    this.#input.hasRead(chunk.length);
    // Fragments of a few bytes, between pings, keep all that they came with.
    const { maxMessageBytes, remote } = this.#input;
    if (meter.bytes > MAX_WRAPPING * maxMessageBytes + MIN_WRAPPING_BYTES)
      this.#input.close(new Error(`${remote} sent ${meter.bytes} bytes around a message that has not ended`));
  };
}
