import { Socket } from 'node:net';
import { Writable } from 'node:stream';

/** A program's standard output, and where what others write there goes instead. */
export interface OutputStreams {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
}

/**
 * Standard output for one writer. Until it closes, what anybody else in the program writes there (`console.log`,
 * `process.stdout.write`) goes to standard error.
 */
export class StandardOutput extends Writable {
  readonly #stdout: OutputStreams['stdout'];
  readonly #write: (...args: readonly unknown[]) => boolean;
  readonly #giveBack: () => void;

  constructor({ stdout, stderr }: OutputStreams) {
    super({ decodeStrings: false });
    this.#stdout = stdout;
    const own = Object.getOwnPropertyDescriptor(stdout, 'write');
    const { write } = stdout;
    this.#write = (...args) => Reflect.apply(write, stdout, args);
    const divert = (...args: readonly unknown[]): boolean => Reflect.apply(stderr.write, stderr, args);
    Object.defineProperty(stdout, 'write', { value: divert, configurable: true, writable: true });
    this.#giveBack = () => {
      // Somebody who has replaced it since, and calls it, has to go on doing so.
      if (stdout.write !== divert) return;
      if (own === undefined) Reflect.deleteProperty(stdout, 'write');
      else Object.defineProperty(stdout, 'write', own);
    };
    // For good: to write after the end of the other side is no reason for the program to die.
    stdout.on('error', (error) => this.destroy(error));
  }

  ref(): void {
    setRef(this.#stdout, true);
  }

  unref(): void {
    setRef(this.#stdout, false);
  }

  override _write(chunk: unknown, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.#end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.writableFinished) this.#end(() => {});
    if (this.#stdout.writableLength > 0) abandon(this.#stdout);
    this.#giveBack();
    done(error);
  }

  /** The descriptor stays open until the program ends; a socket, which is what Node gives a child, tells its end at once. */
  #end(done: () => void): void {
    if (this.#stdout.isTTY) done();
    else this.#stdout.end(done);
  }
}

/**
 * What nobody takes would keep the program alive for as long as nobody takes it. Node does not let standard output be
 * destroyed, since its descriptor is not to be used again; the socket above it can be.
 */
function abandon(stdout: Writable): void {
  if (stdout instanceof Socket) Socket.prototype._destroy.call(stdout, null, () => {});
}

function setRef(stream: object, on: boolean): void {
  const method = Reflect.get(stream, on ? 'ref' : 'unref');
  if (typeof method === 'function') Reflect.apply(method, stream, []);
}
