import { ByteDuplex, clearTimeout, MAX_TIMER_MS, setTimeout } from '@bjsonrpc/byte-stream';
import type { Attachments, Duplex, Receiver } from '@bjsonrpc/protocol';
import { type ChildEnd, childEnd } from './child-end.js';
import { endWithItsInput } from './end-child.js';
import { watchOver } from './living-children.js';
import { pipeFraming } from './pipe-framing.js';
import type { Command, StartedChild } from './start-child.js';
import { StderrLines } from './stderr-lines.js';
import { pipeLimits } from './stdio-options.js';
import { StrayLines } from './stray-lines.js';

/** How long, in milliseconds, a child may take to exit after its output ended, if it is to count as the same event. */
const EXIT_MS = 200;
/** How long, in milliseconds, the output of a child that has exited may go on: what it left unread, or to children of its own. */
const LEFT_OVER_MS = 1000;

/**
 * A child process as a Duplex: its standard streams, and how it ends.
 *
 * - A child that ends its output and goes on has ended its half of the connection.
 * - A child that exits has ended the connection. If that was not asked for and its exit code is not 0, with an error.
 * - After a clean close its end is waited for, and that is the close; a close with an error is told at once. Either way
 *   its input ends, and it is made to end soon after.
 */
export class ChildDuplex implements Duplex {
  readonly #started: StartedChild;
  readonly #bytes: ByteDuplex;
  readonly #strays: StrayLines;
  readonly #ended: Promise<ChildEnd>;
  /** Closed by us ... */
  #isClosing = false;
  /** ... or for good: with this. */
  #fault: Error | undefined;
  #onFault: () => void = () => {};
  readonly #faulted = new Promise<void>((resolve) => {
    this.#onFault = resolve;
  });

  constructor(started: StartedChild, { command, options }: Command, peerMaxMessageBytes?: number) {
    const { child, stdin, stdout, stderr } = started;
    const { exitTimeoutMs = 2000, killTimeoutMs = 2000, framing, stderr: onLine = 'inherit' } = options;
    this.#started = started;
    watchOver(child);
    endWithItsInput(child, stdin, { exitTimeoutMs, killTimeoutMs });
    const lines =
      stderr !== undefined && typeof onLine === 'function'
        ? { stream: stderr, lines: new StderrLines(stderr, onLine) }
        : undefined;
    this.#ended = childEnd(child, command, lines);
    this.#strays = new StrayLines({
      command,
      to: typeof onLine === 'function' ? (lines?.lines ?? 'ignore') : onLine,
      giveUp: (error) => this.close(error),
    });
    this.#bytes = new ByteDuplex({
      readable: stdout,
      writable: stdin,
      remote: command,
      framing: pipeFraming(framing, (line) => this.#strays.add(line)),
      // Its end is what is waited for.
      limits: { ...pipeLimits(options, peerMaxMessageBytes), closeTimeoutMs: MAX_TIMER_MS },
    });
    child.once('exit', () => this.#onExit());
  }

  get maxMessageBytes(): number {
    return this.#bytes.maxMessageBytes;
  }
  get carriesBytes(): boolean {
    return this.#bytes.carriesBytes;
  }
  get buffered(): number {
    return this.#bytes.buffered;
  }
  get bytesIn(): number {
    return this.#bytes.bytesIn;
  }
  get bytesOut(): number {
    return this.#bytes.bytesOut;
  }

  start(receiver: Receiver): void {
    this.#bytes.start({
      onMessage: (message, attachments) => {
        this.#strays.stop();
        receiver.onMessage(message, attachments);
      },
      onEnd: () => void this.#onEnd(receiver),
      onClose: (error) => {
        this.#strays.stop();
        void this.#onClose(receiver, error);
      },
    });
  }

  send(message: string, attachments?: Attachments): Promise<void> | undefined {
    return this.#bytes.send(message, attachments);
  }

  hold(on: boolean): void {
    this.#bytes.hold(on);
  }

  close(error?: Error): void {
    if (error !== undefined) {
      this.#fault ??= error;
      this.#onFault();
    } else if (!this.#isClosing) {
      this.ref();
      this.#isClosing = true;
    }
    this.#bytes.close(error);
  }

  ref(): void {
    this.#bytes.ref();
    this.#keepAlive('ref');
  }

  unref(): void {
    if (this.#isClosing) return;
    this.#bytes.unref();
    this.#keepAlive('unref');
  }

  #keepAlive(how: 'ref' | 'unref'): void {
    const { child, stderr } = this.#started;
    child[how]();
    if (stderr !== undefined && how in stderr) Reflect.apply(Reflect.get(stderr, how), stderr, []);
  }

  #onExit(): void {
    const { stdin, stdout } = this.#started;
    if (this.#isClosing) return void stdout.destroy();
    const timer = setTimeout(() => {
      stdout.destroy();
      stdin.destroy();
    }, LEFT_OVER_MS).unref();
    stdin.once('close', () => clearTimeout(timer));
  }

  /** Its output has ended. Has it, too? */
  async #onEnd(receiver: Receiver): Promise<void> {
    const end = await this.#endWithin(EXIT_MS);
    if (this.#isClosing || this.#fault !== undefined) return;
    if (end !== undefined && !end.isClean) this.close(end.error);
    else if (receiver.onEnd === undefined) this.close();
    else receiver.onEnd(end?.error);
  }

  async #onClose(receiver: Receiver, error: Error | undefined): Promise<void> {
    receiver.onClose(await this.#verdict(error));
  }

  async #verdict(error: Error | undefined): Promise<Error | undefined> {
    if (this.#fault !== undefined) return this.#fault;
    if (!this.#isClosing) {
      if (error !== undefined && !isBroken(error)) return error;
      return (await this.#endWithin(EXIT_MS))?.error ?? error;
    }
    await Promise.race([this.#ended, this.#faulted]);
    return this.#fault;
  }

  #endWithin(ms: number): Promise<ChildEnd | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ms);
    });
    return Promise.race([this.#ended, late]).finally(() => clearTimeout(timer));
  }
}

/** Whether the pipe is gone, and not something wrong with what came out of it. */
function isBroken({ cause }: Error): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'EPIPE' || cause.code === 'ECONNRESET');
}
