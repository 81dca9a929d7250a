import { FramingError, LineDecoder } from '@bjsonrpc/protocol';
import { AttachmentDecoder } from './attachment-decoder.js';
import { decodeUtf8 } from './decode-utf8.js';
import { foreignProtocol } from './foreign-protocol.js';
import type { FrameDecoder, Framing } from './framing.js';

/** A message a line: the framing of the protocol (section 1). */
export const lines: Framing = {
  decoder: (maxMessageBytes) =>
    new AttachmentDecoder(new SniffingDecoder({ maxMessageBytes, decode: decodeUtf8 }), { maxMessageBytes }),
  frame: (message) => `${message}\n`,
  carriesBytes: true,
  blank: '\n',
};

/** The same among lines that are no messages, which `onStray` gets: of a program that prints other things, too. */
export function linesAmong(onStray: (line: string) => void): Framing {
  return {
    decoder: (maxMessageBytes) => {
      const decoder = new SniffingDecoder({
        maxMessageBytes,
        decode: decodeUtf8,
        onStray: (line) => {
          if (decoder.isForeign) return false;
          onStray(line);
          return true;
        },
      });
      return new AttachmentDecoder(decoder, { maxMessageBytes, isAmongStrays: true });
    },
    frame: lines.frame,
    carriesBytes: true,
  };
}

/** Where it is plain what somebody else speaks, the error says so. */
class SniffingDecoder extends LineDecoder implements FrameDecoder {
  #isBegun = false;
  #foreign: string | undefined;

  override push(chunk: Uint8Array): void {
    if (!this.#isBegun && chunk.length > 0) {
      this.#isBegun = true;
      this.#foreign = whatItDoes(chunk);
    }
    super.push(chunk);
  }

  /** Whether it is plain what somebody else speaks. */
  get isForeign(): boolean {
    return this.#foreign !== undefined;
  }

  override get error(): LineDecoder['error'] {
    const error = super.error;
    if (error === undefined || this.#foreign === undefined) return error;
    return new FramingError(error.fault, `The other side ${this.#foreign}`);
  }
}

/** What the first bytes say of the other side, if it does something well known that is not this framing. */
function whatItDoes(start: Uint8Array): string | undefined {
  const foreign = foreignProtocol(start);
  if (foreign !== undefined) return `speaks ${foreign}, not this protocol`;
  return /^content-/i.test(String.fromCharCode(...start.subarray(0, 8)))
    ? "writes Content-Length before its messages: it needs framing 'content-length'"
    : undefined;
}
