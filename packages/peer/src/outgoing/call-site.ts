import { isError } from '@bjsonrpc/protocol';

/** Where a call was made: an answer comes out of the blue, and its error's stack does not tell. */
export class CallSite {
  readonly #here = new Error('called');

  /** Lets the stack of an error tell where the call was made. */
  addTo(error: unknown): void {
    if (!isError(error) || error.stack?.includes(CALLED)) return;
    const frames = (this.#here.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
    const own = frames.findIndex((line) => !/[/\\]peer[/\\](src|dist)[/\\]/.test(line));
    Object.defineProperty(error, 'stack', {
      value: [error.stack, CALLED, ...frames.slice(Math.max(0, own))].join('\n'),
      configurable: true,
      writable: true,
    });
  }
}

const CALLED = '    -- called from --';
