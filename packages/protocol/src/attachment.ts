import type { Attachments } from './duplex.js';
import { eachContainer } from './each-container.js';
import { InvalidRequestError } from './errors.js';
import { hintOf } from './hints.js';
import type { Message } from './message.js';

/** More than so many go beside no message: bytes beyond stand in it, as base64. */
export const MAX_ATTACHMENTS = 1024;
/** Bytes from this length on travel beside a message: of shorter ones base64 costs less. */
export const MIN_ATTACHMENT_BYTES = 256;

/** Bytes that came beside a message, where its text has the place for them. Opaque to all but the codec. */
export class Attachment {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }
}

/**
 * Puts what came beside a message into its places (section 10): in the hints `["Bytes",[0]]`, instead of their numbers.
 *
 * @throws InvalidRequestError for bytes without a place, a place without bytes, or two places for the same ones
 */
export function bindAttachments(message: Message, attachments: Attachments): void {
  const left: (Uint8Array<ArrayBuffer> | undefined)[] = [...attachments];
  let bound = 0;
  const { params, kwparams, result, error } = Object(message) as Message; // it may be anything yet
  eachContainer([params, kwparams, result, error], (container) => {
    const args = argsOfBytes(container);
    if (!args) return true;
    const [place] = args as [number];
    const bytes = left[place];
    if (!bytes) throw new InvalidRequestError(`A place for bytes that are not there: ${place}`);
    left[place] = undefined;
    args[0] = new Attachment(bytes);
    bound++;
    return false;
  });
  if (bound < attachments.length)
    throw new InvalidRequestError(
      `Bytes without a place: ${attachments.length} came, ${bound} are in the message`,
    );
}

/** The arguments of a hint that stands for bytes beside the message. */
function argsOfBytes(value: object): unknown[] | undefined {
  const hint = Array.isArray(value) ? undefined : hintOf(value);
  if (hint !== '__jsonclass__') return undefined;
  const { __jsonclass__: given } = value as { readonly __jsonclass__: unknown };
  const [name, args] = Array.isArray(given) ? (given as readonly unknown[]) : [];
  return name === 'Bytes' && Array.isArray(args) && typeof args[0] === 'number' ? args : undefined;
}
