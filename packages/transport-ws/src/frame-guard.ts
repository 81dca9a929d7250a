import type { Socket } from 'node:net';
import { InputGuard, type InputGuardOptions } from '@bjsonrpc/byte-stream';
import { FrameMeter } from './frame-meter.js';

export interface FrameGuardOptions extends InputGuardOptions {
  /** Read by `ws`, which has been through each piece before it is looked at here. */
  readonly raw: Socket;
  readonly maxMessageBytes: number;
  /** After each piece that came. */
  readonly onRead: (bytes: number) => void;
}

/** Around a message there may be as much again: headers of fragments, pings between them; and a little for any. */
const MAX_WRAPPING = 2;
const MIN_WRAPPING_BYTES = 256 * 1024;

/** Limits what the other side may leave unfinished of messages in frames. */
export class FrameGuard extends InputGuard {
  readonly #options: FrameGuardOptions;
  readonly #meter = new FrameMeter();
  #waitingBytes = 0;

  constructor(options: FrameGuardOptions) {
    super(options);
    this.#options = options;
    options.raw.on('data', this.#onData);
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

  override stop(): void {
    super.stop();
    this.#options.raw.off('data', this.#onData);
  }

  readonly #onData = (chunk: Uint8Array): void => {
    const meter = this.#meter;
    const { begun } = meter;
    meter.push(chunk);
    this.arrived(meter.bytes, meter.begun !== begun);
    this.keep(meter.cost + this.#waitingBytes);
    // Fragments of a few bytes, between pings, keep all that they came with.
    const { maxMessageBytes, onFault, onRead, remote } = this.#options;
    onRead(chunk.length);
    if (meter.bytes > MAX_WRAPPING * maxMessageBytes + MIN_WRAPPING_BYTES)
      onFault(new Error(`${remote} sent ${meter.bytes} bytes around a message that has not ended`));
  };
}
